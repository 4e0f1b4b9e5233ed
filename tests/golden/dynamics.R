# Reference results for projections, granger, var and multiplicity. Run in this folder: Rscript dynamics.R
# Made with R 4.2.2, lmtest 0.9-40, sandwich 3.0-2, boot 1.3-28 (Debian 12).
# Nothing of the package is used here: lm, vcovHC, NeweyWest, waldtest, chol, p.adjust and tsboot of R alone.
suppressPackageStartupMessages({
  library(lmtest)
  library(sandwich)
  library(boot)
})
options(digits = 15)
save <- function(frame, name) write.csv(frame, paste0(name, ".csv"), row.names = FALSE, quote = FALSE)

# Chickens and eggs (Thurman and Fisher 1988; lmtest).
data(ChickEgg)
eggs <- data.frame(year = as.integer(time(ChickEgg)), chicken = as.numeric(ChickEgg[, "chicken"]), egg = as.numeric(ChickEgg[, "egg"]))
save(eggs, "chick_egg")

hc1 <- function(fit) vcovHC(fit, type = "HC1")
hac <- function(fit) NeweyWest(fit, lag = 3, prewhite = FALSE, adjust = TRUE)
causality <- function(effect, cause, lags) {
  plain <- grangertest(eggs[[cause]], eggs[[effect]], order = lags)
  robust <- grangertest(eggs[[cause]], eggs[[effect]], order = lags, vcov = hc1)
  beside <- grangertest(eggs[[cause]], eggs[[effect]], order = lags, vcov = hac)
  data.frame(
    cause = cause, effect = effect, lags = lags, errors = c("classical", "HC1", "HAC"),
    statistic = c(plain$F[2], robust$F[2], beside$F[2]),
    p_value = c(plain$`Pr(>F)`[2], robust$`Pr(>F)`[2], beside$`Pr(>F)`[2])
  )
}
save(rbind(causality("chicken", "egg", 3), causality("egg", "chicken", 3)), "granger")

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

# The same in two states: every coefficient by whether abroad was negative in the period before.
state <- c(NA, market$abroad[-n] < 0)
gaps <- do.call(rbind, lapply(0:6, function(h) {
  outcome <- rowSums(sapply(0:h, function(j) ahead(market$price, j)))
  frame <- na.omit(cbind(y = outcome, state = state, market[c("flow", "abroad")], controls))
  inside <- frame$state == 1
  frame$state <- NULL
  one <- lm(y ~ ., data = frame[inside, ])
  other <- lm(y ~ ., data = frame[!inside, ])
  frame$s <- as.numeric(inside)
  pooled <- lm(y ~ (flow + .) * s, data = frame)
  plain <- vcovHC(pooled, type = "HC0")
  data.frame(
    horizon = h, inside = coef(one)[["flow"]], outside = coef(other)[["flow"]],
    inside_error = sqrt(hc1(one)["flow", "flow"]), outside_error = sqrt(hc1(other)["flow", "flow"]),
    difference = coef(pooled)[["flow:s"]], difference_error_hc0 = sqrt(plain["flow:s", "flow:s"]),
    inside_rows = nobs(one), outside_rows = nobs(other)
  )
}))
save(gaps, "state_projection")

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
