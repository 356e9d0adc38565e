# Numbers of the safety and data-quality descriptions from R: survival, stats and clubSandwich. Rscript make.R > reference.json
suppressMessages({library(survival); library(clubSandwich); library(jsonlite)})
kept <- function(v) unname(v)
lasting <- function(days, over, parts = c(.5, .9)) {
  found <- quantile(survfit(Surv(days, over) ~ 1, conf.type = "log-log"), parts)
  list(days = days, over = over, parts = parts, quantile = kept(found$quantile), lower = kept(found$lower),
       upper = kept(found$upper))
}
slope <- function(model, clusters) {
  found <- conf_int(model, vcovCR(model, clusters, "CR2"), p_values = TRUE)
  c(found$beta[2], found$CI_L[2], found$CI_U[2], found$p_val[2])
}
set.seed(3)
g <- rep(1:12, times = c(1, 2, 3, 4, 5, 2, 3, 1, 4, 2, 6, 3)); n <- length(g)
x <- round(rnorm(n) + g / 6, 3); s <- rep(c("a", "b"), length.out = n)
y <- round(0.4 * x + rnorm(12)[g] + rnorm(n) + (s == "b"), 3)
rates <- lapply(list(c(0, 12.5), c(1, 0.4), c(7, 12.5), c(250, 31)), function(v) {
  limits <- poisson.test(v[1], v[2])$conf.int
  list(events = v[1], time = v[2], low = limits[1], high = limits[2])
})
cat(toJSON(list(
  versions = list(R = paste(R.version$major, R.version$minor, sep = "."),
                  survival = as.character(packageVersion("survival")),
                  clubSandwich = as.character(packageVersion("clubSandwich"))),
  resolution = list(
    some_open = lasting(c(0,1,1,2,2,3,3,3,4,5,6,8,8,10,14,15,21,30), c(1,1,1,1,0,1,1,1,1,0,1,1,1,0,1,1,0,0)),
    three = lasting(c(3, 5, 7), c(1, 1, 1)), single = lasting(29, 1),
    lung = lasting(lung$time, as.integer(lung$status == 2))
  ),
  rates = rates,
  slope = list(g = g, x = x, y = y, s = s, plain = slope(lm(y ~ x), g), strata = slope(lm(y ~ x + s), g))
), digits = 12, auto_unbox = FALSE, na = "null"))
