# Golden values for breaks, interrupted series, events and valuation. Run in this folder: Rscript breaks.R
# Made with R 4.2.2, strucchange 1.5-3, sandwich 3.0-2, zoo (Debian 12). The tests read the CSV files only.
suppressMessages(library(strucchange))
options(digits = 15)
write <- function(frame, name) write.csv(frame, name, row.names = FALSE, quote = FALSE)

# Data sets that ship with R (datasets: Nile, Seatbelts, EuStockMarkets; strucchange: RealInt).
data("RealInt", package = "strucchange")
write(data.frame(year = as.integer(time(Nile)), flow = as.numeric(Nile)), "nile.csv")
write(data.frame(time = as.numeric(time(Seatbelts)), as.data.frame(Seatbelts)[, c("drivers", "PetrolPrice", "law")]),
      "seatbelts.csv")
write(data.frame(time = as.numeric(time(RealInt)), rate = as.numeric(RealInt)), "real_interest.csv")
stocks <- round(100 * diff(log(EuStockMarkets[1:401, c("DAX", "FTSE", "CAC")])), 8)
write(as.data.frame(stocks), "stocks.csv")

# Three regressions: two means, and drivers on their own lags 1 and 12 (as in strucchange's documentation).
logs <- log10(as.numeric(Seatbelts[, "drivers"]))
belts <- data.frame(y = logs[13:192], lag1 = logs[12:191], lag12 = logs[1:180])
models <- list(
  nile = list(y ~ 1, data.frame(y = as.numeric(Nile)), 15),
  real_interest = list(y ~ 1, data.frame(y = as.numeric(RealInt)), 15),
  seatbelts = list(y ~ lag1 + lag12, belts, 18)
)
hac <- function(x, ...) NeweyWest(x, lag = 4, prewhite = FALSE, adjust = TRUE)
hc1 <- function(x, ...) vcovHC(x, type = "HC1")
raw <- list(classical = NULL, hc = function(x, ...) vcovHC(x, type = "HC0"),
            hac = function(x, ...) NeweyWest(x, lag = 4, prewhite = FALSE, adjust = FALSE))

statistics <- partitions <- intervals <- summary <- NULL
for (name in names(models)) {
  formula <- models[[name]][[1]]; data <- models[[name]][[2]]; h <- models[[name]][[3]]
  for (kind in c("classical", "hc", "hac")) {
    covariance <- list(classical = NULL, hc = hc1, hac = hac)[[kind]]
    found <- Fstats(formula, from = 0.15, data = data, vcov. = covariance)
    first <- found$breakpoint - which.max(found$Fstats) + 1
    statistics <- rbind(statistics, data.frame(series = name, errors = kind,
      position = first + seq_along(found$Fstats) - 1, value = as.numeric(found$Fstats)))
    test <- sctest(found, type = "supF")
    summary <- rbind(summary, data.frame(series = name, errors = kind, statistic = "supF",
      value = unname(test$statistic), p = test$p.value))
  }
  cusum <- sctest(efp(formula, data = data, type = "OLS-CUSUM"))
  summary <- rbind(summary, data.frame(series = name, errors = "classical", statistic = "cusum",
    value = unname(cusum$statistic), p = cusum$p.value))
  all <- breakpoints(formula, h = h, data = data)
  table <- summary(all)$RSS
  for (m in 0:min(5, ncol(table) - 1)) {
    chosen <- if (m > 0) breakpoints(all, breaks = m)$breakpoints else integer(0)
    partitions <- rbind(partitions, data.frame(series = name, breaks = m, rss = table["RSS", m + 1],
      bic = table["BIC", m + 1], positions = paste(chosen, collapse = " ")))
    if (m %in% 1:3) for (kind in names(raw)) {
      found <- suppressWarnings(confint(all, breaks = m, vcov. = raw[[kind]]))
      intervals <- rbind(intervals, data.frame(series = name, breaks = m, errors = kind,
        low = found$confint[, 1], position = found$confint[, 2], high = found$confint[, 3]))
    }
  }
}
write(statistics, "break_statistics.csv")
write(summary, "break_tests.csv")
write(partitions, "break_partitions.csv")
write(intervals, "break_intervals.csv")

# P-values of sup-F by Hansen (1997), over coefficients, trimming and value.
grid <- expand.grid(k = c(1, 2, 3, 5, 10), trim = c(0.05, 0.1, 0.15, 0.2, 0.25), x = c(5, 8, 10, 12, 15, 20, 30))
grid$p <- mapply(function(k, trim, x) strucchange:::pvalue.Fstats(x, "supF", k, ((1 - trim) / trim)^2),
                 grid$k, grid$trim, grid$x)
write(grid, "hansen.csv")

# Distribution of the estimated break date, Bai (1997).
grid <- expand.grid(x = c(-40, -11, -4, -1, 0, 1, 4, 11, 40), xi = c(0.5, 1, 2), phi = c(0.5, 1, 1.7))
grid$p <- mapply(function(x, xi, phi) strucchange:::pargmaxV(x, xi = xi, phi1 = 1, phi2 = phi), grid$x, grid$xi, grid$phi)
write(grid, "break_date_distribution.csv")

# Local level of the Nile, and abnormal returns of the DAX around days 150, 200, 201 and 330: for each, the market model
# on 100 days, with four days between the last of them and the window of -1..+3.
level <- StructTS(Nile, type = "level")
write(data.frame(name = c("level", "irregular"), variance = as.numeric(level$coef)), "nile_level.csv")
abnormal <- NULL
for (day in c(150, 200, 201, 330)) {
  window <- (day - 1):(day + 3)
  past <- (day - 1 - 5 - 100 + 1):(day - 1 - 5)
  fit <- lm(DAX ~ FTSE + CAC, data = as.data.frame(stocks)[past, ])
  abnormal <- rbind(abnormal, data.frame(event = day, step = -1:3,
    value = stocks[window, "DAX"] - predict(fit, as.data.frame(stocks)[window, ])))
}
write(abnormal, "abnormal_returns.csv")

# Quantiles of the least-squares slope of an AR(1) with constant (Andrews, 1993, model 2), 100,000 simulated series each.
set.seed(1993)
quantiles <- NULL
for (n in c(40, 100)) for (rho in c(0.5, 0.9, 1)) {
  slopes <- unlist(lapply(1:10, function(batch) {
    shocks <- matrix(rnorm(10000 * (n + 1)), ncol = 10000)
    shocks[1, ] <- if (rho < 1) shocks[1, ] / sqrt(1 - rho^2) else 0
    y <- apply(shocks, 2, function(e) as.numeric(filter(e, rho, method = "recursive")))
    before <- scale(y[1:n, ], scale = FALSE); after <- y[2:(n + 1), ]
    colSums(before * after) / colSums(before^2)
  }))
  found <- quantile(slopes, c(0.05, 0.5, 0.95))
  quantiles <- rbind(quantiles, data.frame(pairs = n, rho = rho, q05 = found[1], q50 = found[2], q95 = found[3]))
}
write(quantiles, "ar_quantiles.csv")
