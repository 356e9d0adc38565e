# Spatial exponential by nlme::gls(corExp), which R's mmrm is not needed for: one coordinate and two, REML and ML.
# Run from tests/reference: Rscript mmrm/spatial.R
source("lib/common.R")
suppressPackageStartupMessages(library(nlme))
d <- read.csv("mmrm/data.csv", na.strings = "")
d <- d[!is.na(d$fev1), ]
d$race <- factor(d$race, levels = c("Asian", "Black or African American", "White"))
d$sex <- factor(d$sex, levels = c("Male", "Female"))
d$usubjid <- factor(d$usubjid)
d$day <- c(1, 2, 4, 8)[d$visitn] # unequal steps, or it would be ar1
ctl <- glsControl(tolerance = 1e-12, msTol = 1e-14, msMaxIter = 1000, maxIter = 1000, opt = "nlminb")
one <- function(form, method) {
  f <- gls(fev1 ~ race + sex + armcd * avisit, d, correlation = corExp(1, form = form), method = method, control = ctl)
  n <- nrow(d); p <- length(coef(f))
  # gls enlarges the errors of an ML fit by N / (N - p): undone
  se <- sqrt(diag(vcov(f))) * (if (method == "ML") sqrt((n - p) / n) else 1)
  list(logLik = as.numeric(logLik(f)), sigma = f$sigma,
       range = as.numeric(coef(f$modelStruct$corStruct, unconstrained = FALSE)),
       coefficients = data.frame(term = names(coef(f)), estimate = unname(coef(f)), se = unname(se)))
}
fits <- list(line_reml = one(~ day | usubjid, "REML"), line_ml = one(~ day | usubjid, "ML"),
             plane_reml = one(~ visitn + visitn2 | usubjid, "REML"))
put(list(versions = ver("nlme"), fits = fits), "mmrm/spatial.json")
