# Negative binomial with alpha by moments: MASS::theta.mm and glm(negative.binomial(theta)) in turn until neither moves,
# then Mancl-DeRouen errors and Bell-McCaffrey df of lib/gee.R at that alpha. Run from the folder above: Rscript gee_small/moments.R
# Cases: visit 4 of the epilepsy trial (59 patients, 22 patients), log(base + 0.5) as covariate, as offset, and absent;
# and all four visits with every patient's arm the same (several rows a patient, independence working correlation).
source("lib/common.R"); source("lib/small_sample.R"); source("lib/gee.R"); suppressPackageStartupMessages({library(MASS); library(clubSandwich)})
E <- read.csv("gee_small/data_epilepsy.csv"); E$trt <- factor(E$trt, levels = c("placebo", "progabide")); E$lb <- log(E$base + 0.5)
moments <- function(form, d) {
  m <- glm(form, poisson, d, control = glm.control(epsilon = 1e-15, maxit = 200)); p <- length(coef(m)); y <- d$seizures; alpha <- 0
  if (sum((y - fitted(m))^2 / fitted(m)) > nrow(d) - p) for (it in 1:500) {
    th <- theta.mm(y, fitted(m), nrow(d) - p, limit = 500, eps = 1e-14); new <- 1 / as.numeric(th)
    m <- glm(form, negative.binomial(1 / new), d, start = coef(m), control = glm.control(epsilon = 1e-15, maxit = 200)); done <- abs(new / alpha - 1) < 1e-14; alpha <- new; if (done) break }
  list(m = m, alpha = alpha)
}
case <- function(form, d, off = 0) {
  f <- moments(form, d); X <- model.matrix(delete.response(terms(form)), d); off <- rep_len(off, nrow(d)); fam <- if (f$alpha > 0) fams$negbin(f$alpha) else fams$poisson
  G <- gee_own(X, d$seizures, d$subject, fam, "independence", offset = off); stopifnot(max(abs(G$b - coef(f$m))) < 1e-10)
  L <- rbind(trt = as.numeric(colnames(X) == "trtprogabide")); rate <- contrast_table(L, G$b, G$S$V$MD, apply(L, 1, G$S$df, type = "MD"))
  Xs <- lapply(c(placebo = 0, progabide = 1), function(a) { Z <- X; Z[, "trtprogabide"] <- a; Z }); M <- sapply(Xs, function(Z) mean(exp(drop(Z %*% G$b) + off))); J <- t(sapply(Xs, function(Z) colMeans(exp(drop(Z %*% G$b) + off) * Z)))
  one <- function(c, e, n) { df <- G$S$df(c, "MD"); wald_t(e, sqrt(drop(c %*% G$S$V$MD %*% c)), df, n) }
  c3 <- coef_test(f$m, vcovCR(f$m, cluster = d$subject, type = "CR3"), test = "Satterthwaite")
  list(formula = deparse1(form), patients = length(unique(d$subject)), rows = nrow(d), alpha = f$alpha, pearson = sum((d$seizures - fitted(f$m))^2 / (fitted(f$m) + f$alpha * fitted(f$m)^2)), rate_ratio = rate,
    standardised = rbind(one(J[1, ], M[1], "placebo"), one(J[2, ], M[2], "progabide"), one(J[2, ] - J[1, ], M[2] - M[1], "progabide - placebo")),
    check_clubSandwich_se = c3["trtprogabide", "SE"] / rate$se - 1)
}
v4 <- subset(E, period == 4); s4 <- subset(v4, small == 1)
low <- v4; low$seizures <- rep_len(c(2, 1, 2, 3), nrow(v4))          # spreads less than Poisson: alpha 0
ref <- list(source = "data of ../epilepsy; alpha solves sum (y - mu)^2 / (mu + alpha mu^2) = N - p, found with MASS::theta.mm", versions = ver(c("MASS", "clubSandwich")),
  covariate_59 = case(seizures ~ trt + lb, v4), offset_59 = case(seizures ~ trt + offset(lb), v4, v4$lb), none_59 = case(seizures ~ trt, v4), covariate_22 = case(seizures ~ trt + lb, s4), several_rows = case(seizures ~ trt + lb, E), underdispersed = case(seizures ~ trt, low))
put(ref, "gee_small/moments.json"); for (k in names(ref)[-(1:2)]) cat(k, ref[[k]]$alpha, ref[[k]]$check_clubSandwich_se, "\n")
