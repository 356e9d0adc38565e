# A random intercept (lme4) is compound symmetry with a correlation above 0: Satterthwaite of lmerTest, Kenward-Roger of
# pbkrtest (with the expected information), of all patients of data.csv and of those with all four visits.
suppressMessages({library(lmerTest); library(jsonlite)})
data <- read.csv("data.csv", stringsAsFactors = TRUE)
data <- data[!is.na(data$fev1), ]
data$sex <- relevel(data$sex, "Male")
complete <- data[data$usubjid %in% names(which(table(data$usubjid) == 4)), ]
case <- function(rows) {
  fit <- lmer(fev1 ~ race + sex + armcd * avisit + (1 | usubjid), rows,
              control = lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-11)))
  of <- function(ddf) {
    found <- summary(fit, ddf = ddf)$coefficients
    list(estimate = found[, 1], se = found[, 2], df = found[, 3])
  }
  list(logLik = as.numeric(logLik(fit)), patients = nlevels(droplevels(rows$usubjid)),
       satterthwaite = of("Satterthwaite"), kenward_roger = of("Kenward-Roger"))
}
versions <- sapply(c("lme4", "lmerTest", "pbkrtest"), function(p) as.character(packageVersion(p)))
write_json(list(software = c(R = R.version.string, versions), all = case(data), complete = case(complete)),
           "random_intercept.json", digits = 12, auto_unbox = TRUE, pretty = TRUE)
