# One visit: CR2 errors by patient, Bell-McCaffrey df and HTZ tests of several coefficients by clubSandwich on lm.
# Run from tests/reference: Rscript mmrm/htz.R
source("lib/common.R")
suppressPackageStartupMessages(library(clubSandwich))
d <- read.csv("mmrm/data.csv", na.strings = "")
d <- d[!is.na(d$fev1) & d$avisit == "VIS4", ]
d$race <- factor(d$race, levels = c("Asian", "Black or African American", "White"))
d$sex <- factor(d$sex, levels = c("Male", "Female"))
one <- function(formula, terms) {
  m <- lm(formula, d)
  v <- vcovCR(m, cluster = d$usubjid, type = "CR2")
  ct <- coef_test(m, vcov = v, test = "Satterthwaite")
  tests <- lapply(terms, function(k) {
    w <- Wald_test(m, constraints = constrain_zero(k), vcov = v, test = "HTZ")
    list(F = w$Fstat, num_df = w$df_num, denom_df = w$df_denom, p = w$p_val)
  })
  list(coefficients = data.frame(term = names(coef(m)), estimate = unname(coef(m)), se = ct$SE, df = ct$df_Satt),
       tests = tests)
}
put(list(versions = ver("clubSandwich"),
         main = one(fev1 ~ race + sex + armcd, list(race = 2:3)),
         interaction = one(fev1 ~ race * armcd + sex, list(race_by_arm = 6:7))), "mmrm/htz.json")
