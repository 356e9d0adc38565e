# Split-face patients (an arm on each side): marginal models of a count, a yes / no and a grade with arm and side, independence
# working correlation, patients as clusters. Simulated with a fixed seed, stored; teaches nothing about treatments.
# Run from the folder above: Rscript gee_small/split_face.R
source("lib/common.R"); source("lib/small_sample.R"); source("lib/gee.R"); source("lib/ordinal_case.R"); suppressPackageStartupMessages({library(MASS); library(clubSandwich); library(sandwich)})
csv <- "gee_small/data_split_face.csv"
if (!file.exists(csv)) { set.seed(20240611, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection"); n <- 24; u <- rnorm(n, 0, .6); left <- rep(c("peel", "roller"), length.out = n)
  d <- data.frame(patient = rep(seq_len(n), each = 2), side = rep(c("left", "right"), n)); d$arm <- ifelse((d$side == "left") == (left[d$patient] == "peel"), "peel", "roller")
  d$baseline <- rpois(2 * n, exp(2.3 + u[d$patient])); e <- u[d$patient] + ifelse(d$arm == "roller", -.4, 0) + ifelse(d$side == "left", .15, 0)
  d$count <- rnegbin(2 * n, exp(1.8 + e), 4); d$yes <- rbinom(2 * n, 1, plogis(-.2 - e)); d$grade <- pmin(3, pmax(0, round(1.6 + e + rnorm(2 * n, 0, .8))))
  write.csv(d, csv, row.names = FALSE, quote = FALSE) }
d <- read.csv(csv); d$arm <- factor(d$arm, c("peel", "roller")); d$side <- factor(d$side); d$lb <- log(d$baseline + .5); id <- d$patient
both <- function(X) lapply(c(peel = 0, roller = 1), function(a) { Z <- X; Z[, "armroller"] <- a; Z })
gee_case <- function(form, y, fam, link, alpha = NULL) {
  X <- model.matrix(form, d); G <- gee_own(X, y, id, fam, "independence"); g <- lnk[[link]]; Xs <- both(X); b <- G$b
  M <- sapply(Xs, function(Z) mean(g$inv(drop(Z %*% b)))); J <- t(sapply(Xs, function(Z) colMeans(g$d(drop(Z %*% b)) * Z)))
  one <- function(c, e, n) { df <- G$S$df(c, "MD"); wald_t(e, sqrt(drop(c %*% G$S$V$MD %*% c)), df, n) }; u <- as.numeric(colnames(X) == "armroller")
  list(formula = deparse1(form), alpha = alpha, coefficient = one(u, b[["armroller"]], "armroller"), difference = one(J[2, ] - J[1, ], M[2] - M[1], "roller - peel"), log_ratio = one(J[2, ] / M[2] - J[1, ] / M[1], log(M[2] / M[1]), "log roller / peel"), means = M)
}
# alpha by moments, as in moments.R
X <- model.matrix(~ arm + lb + side, d); m <- glm(count ~ arm + lb + side, poisson, d); alpha <- 0
for (it in 1:500) { new <- 1 / as.numeric(theta.mm(d$count, fitted(m), nrow(d) - ncol(X), limit = 500, eps = 1e-14)); m <- glm(count ~ arm + lb + side, negative.binomial(1 / new), d, start = coef(m), control = glm.control(epsilon = 1e-15, maxit = 200)); k <- abs(new / alpha - 1) < 1e-14; alpha <- new; if (k) break }
cnt <- gee_case(~ arm + lb + side, d$count, fams$negbin(alpha), "log", alpha); yes <- gee_case(~ arm + side, d$yes, fams$binomial, "logit")
c3 <- coef_test(m, vcovCR(m, cluster = id, type = "CR3"), test = "Satterthwaite"); my <- glm(yes ~ arm + side, binomial, d, control = glm.control(epsilon = 1e-15)); y3 <- coef_test(my, vcovCR(my, cluster = id, type = "CR3"), test = "Satterthwaite")
Xo <- model.matrix(~ arm + side, d)[, -1]; K <- 4; f <- ord_fit(Xo, d$grade + 1, K); V <- ord_sandwich(f, id); nm <- c("0|1", "1|2", "2|3", colnames(Xo)); X1 <- X0 <- Xo; X1[, 1] <- 1; X0[, 1] <- 0; po <- polr(factor(grade) ~ arm + side, data = d, Hess = TRUE, control = list(reltol = 1e-15, maxit = 1000)); pv <- vcovCL(po, cluster = id, type = "HC0", cadjust = FALSE)
ref <- list(source = "simulated in split_face.R with a fixed seed, stored: 24 patients, peel on one side and roller on the other", versions = ver(c("MASS", "clubSandwich", "sandwich")),
  count = cnt, yes = yes, grade = list(errors = ord_table(f, V$CR1_GN, nm), win_lower_grade_roller = ord_win(f, X1, X0, K, V["CR1_GN"])[3:5]),
  checks = list(count_se = c3["armroller", "SE"] / cnt$coefficient$se - 1, yes_se = y3["armroller", "SE"] / yes$coefficient$se - 1, grade_polr = max(abs(c(po$zeta, coef(po)) - f$par)), grade_polr_clustered_se = sqrt(pv["armroller", "armroller"] / V$CR0[4, 4]) - 1))
put(ref, "gee_small/split_face.json"); print(unlist(ref$checks)); print(cnt$coefficient); print(yes$difference); print(ref$grade$errors); str(ref$grade$win)
