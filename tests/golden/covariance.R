# Golden values for covariances and forecasts. Run in this folder: Rscript covariance.R
# Made with R 4.2.2, sandwich 3.0-2, lmtest 0.9-40, systemfit 1.1-28 (Debian 12). The tests read the CSV files only.
# What no R package of Debian has (Clark-West) is written
# out below from the papers' sums, period by period, as a second implementation.
suppressMessages({ library(sandwich); library(lmtest) })
options(digits = 15)
write <- function(frame, name) write.csv(frame, name, row.names = FALSE, quote = FALSE)

# Data: sandwich's Investment, R's longley, Greene's Grunfeld panel, and a simulated persistent predictor.
data("Investment", package = "sandwich")
data("GrunfeldGreene", package = "systemfit")
investment <- na.omit(data.frame(year = 1963:1982, as.data.frame(Investment)[, c("RealInv", "RealGNP", "RealInt")]))
write(investment, "investment.csv")
write(longley, "longley.csv")
panel <- data.frame(firm = as.integer(GrunfeldGreene$firm), GrunfeldGreene[, c("year", "invest", "value", "capital")])
write(panel, "grunfeld.csv")
set.seed(19631)
periods <- 180
moves <- rnorm(periods)
predictors <- data.frame(x = as.numeric(filter(moves, 0.95, "recursive")),
                         z = as.numeric(filter(rnorm(periods), 0.7, "recursive")))
sample <- round(data.frame(r = -0.8 * moves + 0.6 * rnorm(periods) + 0.08 * c(0, predictors$x[-periods]), predictors), 8)
write(sample, "predictor.csv")

# Covariances: two regressions, every estimator.
models <- list(investment = lm(RealInv ~ RealGNP + RealInt, investment),
               predictor = lm(r ~ x + z, data.frame(r = sample$r[-1], sample[-periods, c("x", "z")])))
errors <- bandwidths <- tests <- NULL
for (name in names(models)) {
  fit <- models[[name]]
  made <- list(
    HC0 = vcovHC(fit, "HC0"), HC1 = vcovHC(fit, "HC1"), HC2 = vcovHC(fit, "HC2"), HC3 = vcovHC(fit, "HC3"),
    nw4_raw = NeweyWest(fit, lag = 4, prewhite = FALSE), nw4 = NeweyWest(fit, lag = 4, prewhite = FALSE, adjust = TRUE),
    nw1994 = NeweyWest(fit, prewhite = FALSE, adjust = TRUE), nw1994_white = NeweyWest(fit, adjust = TRUE),
    nw1994_white_raw = NeweyWest(fit),
    andrews_qs_white = kernHAC(fit), andrews_qs = kernHAC(fit, prewhite = FALSE),
    andrews_bartlett_white = kernHAC(fit, kernel = "Bartlett"),
    andrews_bartlett = kernHAC(fit, kernel = "Bartlett", prewhite = FALSE))
  for (method in names(made))
    errors <- rbind(errors, data.frame(data = name, method = method, term = names(coef(fit)),
                                       estimate = coef(fit), std_error = sqrt(diag(made[[method]]))))
  bandwidths <- rbind(bandwidths, data.frame(data = name,
    method = c("nw1994", "nw1994_white", "andrews_qs", "andrews_qs_white", "andrews_bartlett", "andrews_bartlett_white"),
    bandwidth = c(bwNeweyWest(fit, prewhite = FALSE), bwNeweyWest(fit), bwAndrews(fit, prewhite = FALSE),
                  bwAndrews(fit), bwAndrews(fit, kernel = "Bartlett", prewhite = FALSE),
                  bwAndrews(fit, kernel = "Bartlett"))))
  robust <- coeftest(fit, made$nw4)
  joint <- waldtest(fit, . ~ 1, vcov = made$nw4)
  tests <- rbind(tests, data.frame(data = name, test = c(rownames(robust), "joint"),
                                   statistic = c(robust[, 3], joint$F[2]), p = c(robust[, 4], joint[2, "Pr(>F)"])))
}
write(errors, "covariance_errors.csv")
write(bandwidths, "covariance_bandwidths.csv")
write(tests, "covariance_tests.csv")

# Driscoll-Kraay: sandwich's vcovPL on the dummy-variable and the pooled regression (raw and times n / (n - k)).
written <- NULL
for (effects in c(TRUE, FALSE)) for (lag in c(0, 2, 4)) {
  fit <- if (effects) lm(invest ~ 0 + value + capital + factor(firm), panel) else lm(invest ~ value + capital, panel)
  found <- vcovPL(fit, cluster = panel$firm, order.by = panel$year, lag = lag, adjust = TRUE)
  written <- rbind(written, data.frame(effects = as.integer(effects), lags = lag, term = c("value", "capital"),
    estimate = coef(fit)[c("value", "capital")], std_error = sqrt(diag(found))[c("value", "capital")]))
}
write(written, "covariance_panel.csv")

# Recursive forecasts of the next h returns from x and z, 60 windows in training; Clark-West.
paths <- scores <- NULL
for (h in c(1, 4)) {
  n <- periods - h
  y <- sapply(1:n, function(t) sum(sample$r[(t + 1):(t + h)]))
  for (t in (60 + h):n) {
    seen <- 1:(t - h)
    fit <- lm(y[seen] ~ x + z, sample[seen, ])
    paths <- rbind(paths, data.frame(horizon = h, origin = t, actual = y[t], mean = mean(y[seen]),
                                     model = sum(coef(fit) * c(1, sample$x[t], sample$z[t]))))
  }
  p <- paths[paths$horizon == h, ]
  f <- (p$actual - p$mean)^2 - (p$actual - p$model)^2 + (p$mean - p$model)^2
  lag <- max(h - 1, floor(4 * (nrow(p) / 100)^(2 / 9)))
  fit <- lm(f ~ 1)
  cw <- coeftest(fit, NeweyWest(fit, lag = lag, prewhite = FALSE, adjust = TRUE))
  scores <- rbind(scores, data.frame(horizon = h, statistic = c("r_squared", "clark_west", "clark_west_p"),
    value = c(1 - sum((p$actual - p$model)^2) / sum((p$actual - p$mean)^2), cw[1, 3],
              pt(cw[1, 3], nrow(p) - 1, lower.tail = FALSE))))
}
write(paths, "forecasts.csv")
write(scores, "forecast_tests.csv")
