# Golden values for events and valuation. Run in this folder: Rscript breaks.R
# Made with R 4.2.2 (Debian 12). The tests read the CSV files only.
options(digits = 15)
write <- function(frame, name) write.csv(frame, name, row.names = FALSE, quote = FALSE)

# Data sets that ship with R (datasets: Nile, EuStockMarkets).
write(data.frame(year = as.integer(time(Nile)), flow = as.numeric(Nile)), "nile.csv")
stocks <- round(100 * diff(log(EuStockMarkets[1:401, c("DAX", "FTSE", "CAC")])), 8)
write(as.data.frame(stocks), "stocks.csv")

# Abnormal returns of the DAX around days 150, 200, 201 and 330: for each, the market model
# on 100 days, with four days between the last of them and the window of -1..+3.
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
