"""The literature that a report cites: an entry for each paper, by the key under which methods name it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Source(NamedTuple):
    """A paper. ``doi`` is empty where the paper has none."""

    authors: str
    year: int
    title: str
    where: str
    doi: str = ""


JASA, JRSS_B = "J Am Stat Assoc", "J R Stat Soc B"
LITERATURE: Mapping[str, Source] = {
    "agresti_caffo": Source(
        "Agresti A, Caffo B", 2000, "Simple and effective confidence intervals for proportions and differences of "
        "proportions result from adding two successes and two failures", "Am Stat", "10.1080/00031305.2000.10474560",
    ),
    "bell_mccaffrey": Source(
        "Bell RM, McCaffrey DF", 2002, "Bias reduction in standard errors for linear regression with multi-stage "
        "samples", "Survey Methodology",
    ),
    "benchimol": Source(
        "Benchimol EI, Smeeth L, Guttmann A et al.", 2015, "The REporting of studies Conducted using Observational "
        "Routinely-collected health Data (RECORD) statement", "PLoS Med", "10.1371/journal.pmed.1001885",
    ),
    "benjamini_hochberg": Source(
        "Benjamini Y, Hochberg Y", 1995, "Controlling the false discovery rate: a practical and powerful approach to "
        "multiple testing", JRSS_B, "10.1111/j.2517-6161.1995.tb02031.x",
    ),
    "benjamini_yekutieli": Source(
        "Benjamini Y, Yekutieli D", 2001, "The control of the false discovery rate in multiple testing under "
        "dependency", "Ann Stat", "10.1214/aos/1013699998",
    ),
    "brant": Source(
        "Brant R", 1990, "Assessing proportionality in the proportional odds model for ordinal logistic regression",
        "Biometrics", "10.2307/2532457",
    ),
    "breslow": Source(
        "Breslow NE", 1984, "Extra-Poisson variation in log-linear models", "J R Stat Soc C", "10.2307/2347661"
    ),
    "brunner_munzel": Source(
        "Brunner E, Munzel U", 2000, "The nonparametric Behrens-Fisher problem: asymptotic theory and a small-sample "
        "approximation", "Biom J", "10.1002/(SICI)1521-4036(200001)42:1<17::AID-BIMJ17>3.0.CO;2-U",
    ),
    "dunnett": Source(
        "Dunnett CW", 1955, "A multiple comparison procedure for comparing several treatments with a control", JASA,
        "10.1080/01621459.1955.10501294",
    ),
    "hochberg": Source(
        "Hochberg Y", 1988, "A sharper Bonferroni procedure for multiple tests of significance", "Biometrika",
        "10.1093/biomet/75.4.800",
    ),
    "holm": Source("Holm S", 1979, "A simple sequentially rejective multiple test procedure", "Scand J Stat"),
    "hommel": Source(
        "Hommel G", 1988, "A stagewise rejective multiple test procedure based on a modified Bonferroni test",
        "Biometrika", "10.1093/biomet/75.2.383",
    ),
    "hopewell": Source(
        "Hopewell S, Chan AW, Collins GS et al.", 2025, "CONSORT 2025 statement: updated guideline for reporting "
        "randomised trials", "BMJ", "10.1136/bmj-2024-081123",
    ),
    "hothorn": Source(
        "Hothorn T, Bretz F, Westfall P", 2008, "Simultaneous inference in general parametric models", "Biom J",
        "10.1002/bimj.200810425",
    ),
    "imbens_kolesar": Source(
        "Imbens GW, Kolesár M", 2016, "Robust standard errors in small samples: some practical advice",
        "Rev Econ Stat", "10.1162/REST_a_00552",
    ),
    "kramer": Source(
        "Kramer CY", 1956, "Extension of multiple range tests to group means with unequal numbers of replications",
        "Biometrics", "10.2307/3001469",
    ),
    "mackinnon_white": Source(
        "MacKinnon JG, White H", 1985, "Some heteroskedasticity-consistent covariance matrix estimators with improved "
        "finite sample properties", "J Econometrics", "10.1016/0304-4076(85)90158-7",
    ),
    "mallinckrodt": Source(
        "Mallinckrodt CH, Lane PW, Schnell D et al.", 2008, "Recommendations for the primary analysis of continuous "
        "endpoints in longitudinal clinical trials", "Drug Inf J", "10.1177/009286150804200402",
    ),
    "mancl_derouen": Source(
        "Mancl LA, DeRouen TA", 2001, "A covariance estimator for GEE with improved small-sample properties",
        "Biometrics", "10.1111/j.0006-341X.2001.00126.x",
    ),
    "mccullagh": Source(
        "McCullagh P", 1980, "Regression models for ordinal data", JRSS_B, "10.1111/j.2517-6161.1980.tb01109.x"
    ),
    "papke_wooldridge": Source(
        "Papke LE, Wooldridge JM", 1996, "Econometric methods for fractional response variables with an application "
        "to 401(k) plan participation rates", "J Appl Econometrics",
        "10.1002/(SICI)1099-1255(199611)11:6<619::AID-JAE418>3.0.CO;2-1",
    ),
    "pustejovsky_tipton": Source(
        "Pustejovsky JE, Tipton E", 2018, "Small-sample methods for cluster-robust variance estimation and hypothesis "
        "testing in fixed effects models", "J Bus Econ Stat", "10.1080/07350015.2016.1247004",
    ),
    "shaffer": Source(
        "Shaffer JP", 1986, "Modified sequentially rejective multiple test procedures", JASA,
        "10.1080/01621459.1986.10478341",
    ),
    "sidak": Source(
        "Šidák Z", 1967, "Rectangular confidence regions for the means of multivariate normal distributions", JASA,
        "10.1080/01621459.1967.10482935",
    ),
    "von_elm": Source(
        "von Elm E, Altman DG, Egger M et al.", 2007, "The Strengthening the Reporting of Observational Studies in "
        "Epidemiology (STROBE) statement: guidelines for reporting observational studies", "PLoS Med",
        "10.1371/journal.pmed.0040296",
    ),
    "westfall_krishen": Source(
        "Westfall PH, Krishen A", 2001, "Optimally weighted, fixed sequence and gatekeeper multiple testing "
        "procedures", "J Stat Plan Inference", "10.1016/S0378-3758(01)00077-5",
    ),
}  # fmt: skip
