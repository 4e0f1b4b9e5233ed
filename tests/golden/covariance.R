# Golden values for covariances, predictive regressions and forecasts. Run in this folder: Rscript covariance.R
# Made with R 4.2.2, sandwich 3.0-2, lmtest 0.9-40, systemfit 1.1-28 (Debian 12). The tests read the CSV files only.
# What no R package of Debian has (Hodrick, Britten-Jones, Amihud-Hurvich, IVX, Clark-West, Pesaran-Timmermann) is written
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

# Predictive regressions of the next h returns on x and z.
slopes <- NULL
add <- function(method, h, names, estimate, error)
  slopes <<- rbind(slopes, data.frame(method = method, horizon = h, term = names, estimate = estimate, std_error = error))
terms <- c("const", "x", "z")
for (h in c(1, 4, 12)) {
  n <- periods - h
  X <- cbind(1, sample$x, sample$z)
  A <- t(sapply(1:n, function(t) as.numeric(1:(periods - 1) >= t & 1:(periods - 1) <= t + h - 1)))
  r <- sample$r[-1]; y <- as.numeric(A %*% r); D <- X[1:n, ]
  b <- solve(crossprod(D), crossprod(D, y))
  S <- matrix(0, 3, 3)
  for (t in h:(periods - 1)) {
    w <- (r[t] - mean(r)) * colSums(X[(t - h + 1):t, , drop = FALSE])
    S <- S + w %*% t(w)
  }
  add("hodrick", h, terms, b, sqrt(diag(solve(crossprod(D)) %*% S %*% solve(crossprod(D)))))
  B <- t(A) %*% D %*% solve(t(D) %*% A %*% t(A) %*% D) %*% t(D) %*% D
  fit <- lm(r ~ 0 + B)
  add("britten_jones", h, terms, coef(fit), sqrt(diag(vcovHC(fit, "HC3"))))
  apart <- rev(seq(n, 1, by = -h))
  fit <- lm(y[apart] ~ D[apart, -1])
  add("non_overlapping", h, terms, coef(fit), sqrt(diag(vcovHC(fit, "HC3"))))
  lag <- max(h - 1, floor(4 * (n / 100)^(2 / 9)))
  fit <- lm(y ~ D[, -1])
  add("overlapping", h, terms, coef(fit), sqrt(diag(NeweyWest(fit, lag = lag, prewhite = FALSE, adjust = TRUE))))
}
now <- sample$x[-periods]; after <- sample$x[-1]; r <- sample$r[-1]; n <- periods - 1
own <- lm(after ~ now); plain <- lm(r ~ now)
rho <- unname(coef(own)[2])
better <- rho + (1 + 3 * rho) / n + 3 * (1 + 3 * rho) / n^2
joint <- lm(r ~ now + I(after - better * now))
error <- sqrt(coef(joint)[3]^2 * (1 + 3 / n + 9 / n^2)^2 * vcov(own)[2, 2] + vcov(joint)[2, 2])
add("ols", 1, "x", coef(plain)[2], sqrt(vcov(plain)[2, 2]))
add("amihud_hurvich", 1, "x", coef(joint)[2], error)
phi <- sum(resid(plain) * resid(own)) / sum(resid(own)^2)
add("stambaugh", 1, "x", coef(plain)[2] + phi * (1 + 3 * rho) / n, NA)
write(slopes, "predictive_slopes.csv")

# IVX, sums written as in Kostakis, Magdalinos and Stamatogiannis; autoregressions with an intercept.
ivx <- function(r, X, K) {
  n <- nrow(X) - 1; k <- ncol(X)
  now <- X[1:n, , drop = FALSE]; after <- X[-1, , drop = FALSE]; y <- r[-1]
  e <- resid(lm(y ~ now)); u <- sapply(1:k, function(j) resid(lm(after[, j] ~ now[, j])))
  z <- matrix(0, n, k)
  for (t in 2:n) z[t, ] <- (1 - n^-0.95) * z[t - 1, ] + X[t, ] - X[t - 1, ]
  M <- floor(n^(1 / 3)); Ouu <- crossprod(u) / n; Ouy <- crossprod(u, e) / n
  for (h in 1:M) for (t in (h + 1):n) {
    w <- (1 - h / (M + 1)) / n
    Ouu <- Ouu + w * (u[t, ] %*% t(u[t - h, ]) + u[t - h, ] %*% t(u[t, ]))
    Ouy <- Ouy + w * u[t, ] * e[t - h]
  }
  s <- mean(e^2); fm <- s - as.numeric(t(Ouy) %*% solve(Ouu) %*% Ouy)
  m <- n - K + 1
  total <- function(v) sapply(1:ncol(v), function(j) sapply(1:m, function(t) sum(v[t:(t + K - 1), j])))
  Y <- total(matrix(y)); W <- total(now); Z <- total(z)
  cross <- t(sweep(W, 2, colMeans(W))) %*% z[1:m, , drop = FALSE]
  b <- as.numeric(t(Y - mean(Y)) %*% z[1:m, , drop = FALSE] %*% solve(cross))
  V <- solve(t(cross)) %*% (crossprod(Z) * s - m * colMeans(Z) %*% t(colMeans(Z)) * fm) %*% solve(cross)
  list(b = b, wald = b^2 / diag(V), joint = as.numeric(t(b) %*% solve(V) %*% b))
}
found <- NULL
for (set in c("x", "x z")) for (K in c(1, 4, 12)) {
  names <- strsplit(set, " ")[[1]]
  one <- ivx(sample$r, as.matrix(sample[, names, drop = FALSE]), K)
  found <- rbind(found, data.frame(set = set, horizon = K, term = c(names, "joint"), estimate = c(one$b, NA),
    wald = c(one$wald, one$joint), p = pchisq(c(one$wald, one$joint), c(rep(1, length(names)), length(names)), lower = FALSE)))
}
write(found, "predictive_ivx.csv")

# Recursive forecasts of the next h returns from x and z, 60 windows in training; Clark-West; Pesaran-Timmermann.
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
  up <- p$actual > 0; said <- p$model > 0; N <- nrow(p); a <- mean(up); b <- mean(said)
  hit <- mean(up == said); star <- a * b + (1 - a) * (1 - b)
  spread <- star * (1 - star) / N - ((2 * a - 1)^2 * b * (1 - b) + (2 * b - 1)^2 * a * (1 - a)) / N -
    4 * a * b * (1 - a) * (1 - b) / N^2
  scores <- rbind(scores, data.frame(horizon = h, statistic = c("r_squared", "clark_west", "clark_west_p", "pt", "pt_p"),
    value = c(1 - sum((p$actual - p$model)^2) / sum((p$actual - p$mean)^2), cw[1, 3],
              pt(cw[1, 3], N - 1, lower.tail = FALSE), (hit - star) / sqrt(spread),
              pnorm((hit - star) / sqrt(spread), lower.tail = FALSE))))
}
write(paths, "forecasts.csv")
write(scores, "forecast_tests.csv")
