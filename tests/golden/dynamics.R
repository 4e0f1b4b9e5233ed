# Reference results for projections, var and multiplicity. Run in this folder: Rscript dynamics.R
# Made with R 4.2.2, sandwich 3.0-2, boot 1.3-28 (Debian 12).
# Nothing of the package is used here: lm, vcovHC, NeweyWest, chol, p.adjust and tsboot of R alone.
suppressPackageStartupMessages({
  library(sandwich)
  library(boot)
})
options(digits = 15)
save <- function(frame, name) write.csv(frame, paste0(name, ".csv"), row.names = FALSE, quote = FALSE)

hc1 <- function(fit) vcovHC(fit, type = "HC1")

# A small market: three series with lags across and changing variance, rounded so that the file is the data.
set.seed(1)
n <- 240
volatility <- exp(as.numeric(arima.sim(list(ar = 0.9), n)) / 4)
draw <- matrix(rnorm(3 * n), n) * volatility
market <- matrix(0, n, 3)
for (t in 2:n) {
  market[t, 3] <- 0.1 * market[t - 1, 3] + draw[t, 3]
  market[t, 1] <- 0.5 * market[t - 1, 1] + 0.3 * market[t - 1, 2] + 0.4 * draw[t, 3] + draw[t, 1]
  market[t, 2] <- -0.1 * market[t - 1, 2] + 0.5 * draw[t, 1] + 0.6 * draw[t, 3] + draw[t, 2]
}
market <- data.frame(flow = round(100 * market[, 1], 2), price = round(market[, 2], 4), abroad = round(market[, 3], 4))
save(market, "simulated_market")

# Local projection of the cumulative price on flow, given abroad, three lags (two and the augmenting one).
lagged <- function(frame, lags) {
  rows <- seq_len(nrow(frame))
  do.call(cbind, lapply(seq_len(lags), function(lag) {
    shifted <- frame[ifelse(rows > lag, rows - lag, NA), ]
    names(shifted) <- paste0("L", lag, names(frame))
    shifted
  }))
}
ahead <- function(x, h) x[seq_along(x) + h]
controls <- lagged(market, 3)
paths <- do.call(rbind, lapply(0:12, function(h) {
  outcome <- rowSums(sapply(0:h, function(j) ahead(market$price, j)))
  fit <- lm(y ~ ., data = na.omit(cbind(y = outcome, market[c("flow", "abroad")], controls)))
  lags <- max(h, floor(4 * (nobs(fit) / 100)^(2 / 9)))
  beside <- NeweyWest(fit, lag = lags, prewhite = FALSE, adjust = TRUE)
  data.frame(
    horizon = h, estimate = coef(fit)[["flow"]], std_error = sqrt(hc1(fit)["flow", "flow"]),
    hac_std_error = sqrt(beside["flow", "flow"]), hac_lags = lags, observations = nobs(fit)
  )
}))
save(paths, "local_projection")

# A vector autoregression with two lags by lm, its Cholesky responses in the order abroad, flow, price and the reverse
# of the last two; per unit of the shock.
regressors <- na.omit(lagged(market, 2))
explained <- as.matrix(market[-(1:2), ])
fit <- lm(explained ~ ., data = regressors)
slopes <- t(coef(fit))
sigma <- crossprod(resid(fit)) / fit$df.residual
step <- list(slopes[, 2:4], slopes[, 5:7])
psi <- list(diag(3))
for (h in 1:12) {
  psi[[h + 1]] <- psi[[h]] %*% step[[1]] + (if (h > 1) psi[[h - 1]] %*% step[[2]] else 0)
}
response <- function(order) {
  impact <- matrix(0, 3, 3)
  impact[order, order] <- t(chol(sigma[order, order]))
  sapply(psi, function(one) (one %*% impact[, 1])[2]) / impact[1, 1]
}
save(data.frame(horizon = 0:12, flow_first = response(c(3, 1, 2)), price_first = response(c(3, 2, 1)), generalised = response(1:3)), "orderings")

# P-values of Benjamini and Hochberg (1995, section 4.1).
p <- c(.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262, .5719, .6528, .7590, 1)
save(data.frame(p_value = p, bh = p.adjust(p, "BH"), by = p.adjust(p, "BY"), bonferroni = p.adjust(p, "bonferroni")), "benjamini_hochberg")

# The spread of a block-bootstrapped mean and lag-1 autocorrelation of the Nile, 100,000 draws.
both <- function(x) c(mean(x), cor(x[-1], x[-length(x)]))
set.seed(2)
fixed <- tsboot(Nile, both, R = 1e5, l = 10, sim = "fixed", endcorr = FALSE)
around <- tsboot(Nile, both, R = 1e5, l = 10, sim = "geom")
save(data.frame(kind = c("moving", "stationary"), mean_error = c(sd(fixed$t[, 1]), sd(around$t[, 1])), autocorrelation_error = c(sd(fixed$t[, 2]), sd(around$t[, 2]))), "block_bootstrap")
