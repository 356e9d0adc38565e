# Numbers of the clinic benchmark from R: metafor (REML, Knapp-Hartung, BLUP, Q-profile), lme4 (random intercept),
# glm / lm (expected counts). Run from tests/reference: Rscript benchmark/make.R
source("lib/common.R"); suppressPackageStartupMessages({library(metafor); library(lme4)})
pooled <- function(y, v, source) {
  fit <- rma(y, v, method = "REML", test = "adhoc", control = list(threshold = 1e-14, maxiter = 1000, stepadj = 0.5))
  limits <- confint(fit, control = list(tol = 1e-14, maxiter = 1e6))$random["tau^2", ]
  each <- blup(fit)
  list(source = source, y = as.numeric(y), v = as.numeric(v), tau2 = fit$tau2, tau2_low = unname(limits["ci.lb"]),
       tau2_high = unname(limits["ci.ub"]), mean = as.numeric(fit$beta), variance = as.numeric(fit$vb), q = fit$QE,
       p_value = fit$QEp, shrunk = each$pred, low = each$pi.lb, high = each$pi.ub)
}
bcg <- escalc(measure = "RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)
teacher <- dat.raudenbush1985
alike <- c(0.1, 0.3, 0.2, 0.25); v_alike <- c(0.5, 0.4, 0.9, 0.2)
rail <- nlme::Rail
one_way <- lmer(travel ~ 1 + (1 | Rail), rail, control = lmerControl(optCtrl = list(xtol_rel = 1e-14, ftol_abs = 1e-14)))
means <- tapply(rail$travel, as.character(rail$Rail), mean)
within <- summary(lm(travel ~ factor(as.character(Rail)), rail))$sigma^2
effects <- coef(one_way)$Rail[names(means), 1]
mixed <- list(source = "nlme::Rail, travel time in six rails, three readings each", y = unname(means),
              v = unname(rep(within / 3, 6)), tau2 = as.numeric(VarCorr(one_way)$Rail), mean = unname(fixef(one_way)),
              shrunk = effects)
data <- infert[, c("case", "age", "parity", "spontaneous", "education")]
data$education <- as.character(data$education)
logistic <- glm(case ~ age + parity + spontaneous, binomial, data, epsilon = 1e-14)
linear <- lm(spontaneous ~ age + parity, data)
sums <- function(x) as.list(tapply(x, data$education, sum))
ref <- list(versions = ver(c("metafor", "lme4", "nlme")),
  notes = "raudenbush: the shrunken values are printed to three digits in Raudenbush and Bryk 1985, figure 2",
  pooled = list(bcg = pooled(bcg$yi, bcg$vi, "dat.bcg, log risk ratios"),
                raudenbush = pooled(teacher$yi, teacher$vi, "dat.raudenbush1985"),
                alike = pooled(alike, v_alike, "made up: less spread than chance")),
  mixed = mixed,
  case_mix = list(data = "datasets::infert", share = list(expected = sums(fitted(logistic)), observed = sums(data$case),
                  deviance = logistic$deviance),
                  mean = list(expected = sums(fitted(linear)), sigma = summary(linear)$sigma, df = linear$df.residual)),
  published = list(raudenbush = c(0.054, 0.101, -0.006, 0.214, 0.105, -0.008, 0.017, -0.029, 0.16, 0.249, 0.162, 0.11,
                                  0.065, 0.11, -0.029, 0.026, 0.191, 0.074, 0.025)))
put(ref, "benchmark/reference.json")
write.csv(data, "benchmark/data.csv", row.names = FALSE, quote = FALSE)
