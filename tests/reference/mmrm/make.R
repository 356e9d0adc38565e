# MMRM oracle on mmrm::fev_data (200 subjects x 4 visits, 537 observed FEV1).
source("lib/common.R")
suppressPackageStartupMessages({library(mmrm); library(emmeans); library(nlme)})
csv <- "mmrm/data.csv"
if (!file.exists(csv)) {
  d0 <- as.data.frame(mmrm::fev_data)
  names(d0) <- tolower(names(d0))
  write.csv(d0[, c("usubjid","avisit","armcd","race","sex","fev1_bl","fev1","weight","visitn","visitn2")],
            csv, row.names = FALSE, na = "")
}
d <- read.csv(csv, na.strings = "")
d$usubjid <- factor(d$usubjid)
d$avisit <- factor(d$avisit, levels = paste0("VIS", 1:4))
d$armcd <- factor(d$armcd, levels = c("PBO", "TRT"))
d$race <- factor(d$race, levels = c("Asian", "Black or African American", "White"))
d$sex <- factor(d$sex, levels = c("Male", "Female"))

# Tight optimum: nlminb with the smallest tolerance that it accepts as converged.
tolerances <- c(1e-14, 1e-13, 1e-12, 1e-11, 1e-10)
used <- list()
fit_one <- function(cov, method = "Satterthwaite", vcov = NULL, weights = NULL, reml = TRUE,
                    group = FALSE, strict = TRUE) {
  rhs <- sprintf("%s(avisit | %susubjid)", cov, if (group) "armcd / " else "")
  f <- as.formula(paste("fev1 ~ race + sex + armcd * avisit +", rhs))
  go <- function(ctl) if (is.null(weights)) mmrm(f, d, reml = reml, control = ctl)
                      else mmrm(f, d, weights = weights, reml = reml, control = ctl)
  if (!strict) return(go(mmrm_control(method = method, vcov = vcov)))
  for (tol in tolerances) for (st in c("std_start", "emp_start")) {
    fit <- tryCatch(go(mmrm_control(method = method, vcov = vcov, optimizer = "nlminb",
      start = get(st, asNamespace("mmrm")),
      optimizer_control = list(rel.tol = tol, x.tol = 1e-10, eval.max = 5000, iter.max = 5000))), error = function(e) NULL)
    if (!is.null(fit)) { used[[paste(cov, method, reml, group)]] <<- tol; return(fit) }
  }
  stop("no tolerance worked: ", cov)
}

coefs <- function(fit) {
  cc <- coef(summary(fit))
  rows(data.frame(term = rownames(cc), estimate = cc[, 1], se = cc[, 2], df = cc[, 3],
                  t = cc[, 4], p = cc[, 5], row.names = NULL))
}
lsm <- function(fit) {
  e <- emmeans(fit, ~ armcd | avisit)
  a <- rows(summary(e, infer = TRUE))
  p <- rows(summary(contrast(e, "revpairwise"), infer = TRUE))
  list(emmeans_armcd_within_avisit = a[, c("armcd","avisit","emmean","SE","df","lower.CL","upper.CL")],
       difference_TRT_minus_PBO = p[, c("avisit","contrast","estimate","SE","df","lower.CL","upper.CL","t.ratio","p.value")],
       emmeans_armcd_averaged_over_visits = rows(summary(emmeans(fit, ~ armcd), infer = TRUE))[, c("armcd","emmean","SE","df","lower.CL","upper.CL")])
}
desc <- function(fit, model) {
  vc <- VarCorr(fit)
  vc <- if (is.list(vc)) lapply(vc, mat) else mat(vc)
  ll <- logLik(fit)
  list(model = model,
       n_obs = component(fit, "n_obs"), n_subjects = component(fit, "n_subjects"),
       n_theta = component(fit, "n_theta"),
       logLik = as.numeric(ll), AIC = AIC(fit), BIC = BIC(fit), deviance = deviance(fit),
       coefficients = coefs(fit), beta_vcov = mat(vcov(fit)), covariance = vc)
}

# F tests with the same contrasts for everyone: interaction, and arm within visit
inter <- function(fit) {
  b <- names(component(fit, "beta_est"))
  k <- grep("armcdTRT:avisit", b)
  L <- matrix(0, length(k), length(b)); L[cbind(seq_along(k), k)] <- 1
  x <- df_md(fit, L)
  list(what = "H0: all armcd:avisit coefficients are zero",
       num_df = x$num_df, denom_df = x$denom_df, F = x$f_stat, p = x$p_val)
}

ref <- list(
  source = "mmrm::fev_data (openpharma/mmrm, Apache-2.0), itself made by simulation for that package",
  versions = ver(c("mmrm", "emmeans", "nlme", "TMB")),
  formula = "fev1 ~ race + sex + armcd*avisit, treatment (dummy) contrasts, first level reference",
  reference_levels = list(race = "Asian", sex = "Male", armcd = "PBO", avisit = "VIS1"),
  optimizer = "nlminb with the smallest rel.tol in 1e-14..1e-10 accepted as converged, see optimizer_rel_tol (numbers below are the tight optimum; default_optimizer shows what mmrm's default settings give)",
  emmeans_weights = "equal weights over race and sex (emmeans default)")

covs <- c("us", "toep", "toeph", "ar1", "ar1h", "cs", "csh", "ad", "adh")
ref$fits <- list()
for (cv in covs) {
  s <- fit_one(cv); k <- fit_one(cv, "Kenward-Roger")
  one <- desc(s, list(covariance = cv, reml = TRUE, df = "Satterthwaite", vcov = "Asymptotic"))
  one$kenward_roger <- list(coefficients = coefs(k), beta_vcov_adjusted = mat(vcov(k)))
  one$satterthwaite <- c(lsm(s), list(interaction_test = inter(s)))
  one$kenward_roger <- c(one$kenward_roger, lsm(k), list(interaction_test = inter(k)))
  kl <- fit_one(cv, "Kenward-Roger", "Kenward-Roger-Linear")
  one$kenward_roger_linear <- c(list(coefficients = coefs(kl)), lsm(kl), list(interaction_test = inter(kl)))
  ref$fits[[cv]] <- one
  cat(cv, as.numeric(logLik(s)), "\n")
}

# unstructured: variants
u <- list()
ml <- fit_one("us", reml = FALSE)
u$ml <- c(desc(ml, list(covariance = "us", reml = FALSE, df = "Satterthwaite")), lsm(ml))
w <- fit_one("us", weights = d$weight)
u$weighted <- c(desc(w, list(covariance = "us", reml = TRUE, df = "Satterthwaite",
  weights = "column weight; Var(y_i) = W_i^(-1/2) Sigma_i W_i^(-1/2) with W_i = diag(weight)")), lsm(w))
wk <- fit_one("us", "Kenward-Roger", weights = d$weight)
u$weighted_kenward_roger <- c(list(coefficients = coefs(wk)), lsm(wk))
for (v in c("Empirical", "Empirical-Jackknife", "Empirical-Bias-Reduced")) {
  e <- fit_one("us", "Satterthwaite", v)
  u[[paste0("robust_", gsub("-", "_", tolower(v)))]] <-
    c(list(model = list(covariance = "us", vcov = v, df = "Satterthwaite (mmrm's, for the empirical covariance)",
           note = c(Empirical = "CR0", `Empirical-Jackknife` = "CR3", `Empirical-Bias-Reduced` = "CR2")[[v]]),
           coefficients = coefs(e), beta_vcov = mat(vcov(e))), lsm(e))
}
g <- fit_one("us", group = TRUE)
u$grouped_by_arm <- c(desc(g, list(covariance = "us, separate for each armcd", reml = TRUE, df = "Satterthwaite")), lsm(g))
bw <- fit_one("us", "Between-Within")
u$between_within_df <- list(coefficients = coefs(bw))
rs <- fit_one("us", "Residual")
u$residual_df <- list(coefficients = coefs(rs))
ref$unstructured_variants <- u

# what the default optimizer settings give, and gls as an independent fitter
df0 <- fit_one("us", strict = FALSE); t0 <- fit_one("us")
ref$default_optimizer <- list(
  logLik = as.numeric(logLik(df0)), coefficients = coefs(df0),
  max_abs_diff_beta_vs_tight = max(abs(component(df0, "beta_est") - component(t0, "beta_est"))),
  max_abs_diff_se_vs_tight = max(abs(sqrt(diag(vcov(df0))) - sqrt(diag(vcov(t0))))),
  max_abs_diff_sigma_vs_tight = max(abs(VarCorr(df0) - VarCorr(t0))))
cc <- d[!is.na(d$fev1), ]; cc$vn <- as.integer(cc$avisit)
gl <- gls(fev1 ~ race + sex + armcd * avisit, cc, correlation = corSymm(form = ~ vn | usubjid),
          weights = varIdent(form = ~ 1 | avisit), method = "REML")
ref$cross_check_gls <- list(logLik = as.numeric(logLik(gl)),
  max_abs_diff_beta_vs_mmrm = max(abs(coef(gl) - component(t0, "beta_est"))),
  max_abs_diff_se_vs_mmrm = max(abs(sqrt(diag(vcov(gl))) - sqrt(diag(vcov(t0))))),
  note = "nlme's REML log-likelihood uses the same constant here only if the values agree; compare differences, not levels, elsewhere")
ref$published <- list(
  source = "SAS PROC MIXED listing for this very model (TYPE=UN, REML, DDFM=SATTERTHWAITE), kept in the mmrm repository under design/SAS (sas_log_reml, run of June 2022); printed precision",
  minus2_reml_loglik = 3386.44987722, AIC = 3406.4, BIC = 3439.4,
  BIC_note = "SAS counts all 200 subjects in the BIC penalty (3439.4), mmrm only the 197 with an observed value (3439.28): a toolkit has to say which",
  sigma_by_visit_VIS1_to_VIS4 = list(c(40.5509, 14.3982, 4.9744, 13.3731), c(14.3982, 26.5692, 2.7851, 7.4790), c(4.9744, 2.7851, 14.8970, 0.9017), c(13.3731, 7.4790, 0.9017, 95.5528)),
  coefficients = data.frame(term = c("(Intercept)", "raceBlack or African American", "raceWhite", "sexFemale", "armcdTRT", "avisitVIS2", "avisitVIS3", "avisitVIS4", "armcdTRT:avisitVIS2", "armcdTRT:avisitVIS3", "armcdTRT:avisitVIS4"),
    estimate = c(30.7774, 1.5305, 5.6436, 0.3262, 3.7745, 4.8396, 10.3422, 15.0537, -0.04231, -0.6939, 0.6240), se = c(0.8865, 0.6244, 0.6656, 0.5319, 1.0741, 0.8016, 0.8227, 1.3129, 1.1292, 1.1876, 1.8510),
    df = c(219, 169, 157, 166, 146, 144, 156, 138, 139, 158, 130)),
  lsmeans = data.frame(armcd = rep(c("PBO", "TRT"), 4), avisit = rep(paste0("VIS", 1:4), each = 2), estimate = c(33.3318, 37.1063, 38.1715, 41.9037, 43.6740, 46.7546, 48.3855, 52.7841),
    se = c(0.7554, 0.7626, 0.6117, 0.6023, 0.4617, 0.5086, 1.1886, 1.1877), df = c(148, 143, 147, 144, 130, 130, 134, 133)),
  type3_interaction = list(num_df = 3, denom_df = 148, F = 0.26, p = 0.8555), type3_arm = list(num_df = 1, denom_df = 169, F = 31.67), type3_visit = list(num_df = 3, denom_df = 148, F = 142.11), type3_race = list(num_df = 2, denom_df = 166, F = 36.92),
  weighted_lsmeans_difference_TRT_minus_PBO = list(source = "design/SAS/sas_weighted (weight statement)", estimate = c(3.3962, 3.4181, 3.3929, 4.2616), se = c(1.0925, 0.8509, 0.7191, 1.6901), df_sas = c(345, 367, 333, 357), note = "estimates and SEs agree with mmrm's weighted fit, the degrees of freedom do not (mmrm 143, 144, 129, 133)"),
  kenward_roger_simple_model = list(model = "fev1 ~ armcd + us(avisit|usubjid)", se = 0.66124382270307, df = 160.733266403768, note = "SAS ddfm=kr; equals mmrm with vcov = Kenward-Roger-Linear"))
ks <- NULL; for (tol in tolerances) if (is.null(ks)) ks <- tryCatch(mmrm(fev1 ~ armcd + us(avisit | usubjid), d, control = mmrm_control(method = "Kenward-Roger", vcov = "Kenward-Roger-Linear", optimizer = "nlminb", optimizer_control = list(rel.tol = tol, x.tol = 1e-10))), error = function(e) NULL)
kd <- mmrm(fev1 ~ armcd + us(avisit | usubjid), d, method = "Kenward-Roger")
ref$simple_model <- list(kenward_roger_linear = coefs(ks), kenward_roger_default_optimizer = coefs(kd))
ref$optimizer_rel_tol <- used
put(ref, "mmrm/reference.json")
