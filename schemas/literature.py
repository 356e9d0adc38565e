"""Where the figures of the vocabulary come from: short citations, and the label for what is only a convention.

Most of these were read as abstracts or excerpts: they say where a figure was found, and are to be opened before it is
printed as a fact about a treatment. What nobody published carries ``CONVENTION``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

CONVENTION = "convention of this project, no published value was found"
GENERAL = "general knowledge of the field, no source was checked"

CITED: Mapping[str, str] = MappingProxyType(
    {
        "basra_2015": "Basra, Salek & Finlay 2015 (DLQI, minimal important difference 4)",
        "hongbo_2005": "Hongbo et al. 2005, J Invest Dermatol 125:659 (DLQI bands)",
        "patel_2021": "Patel 2021, J Drugs Dermatol 20:648 (IGA success: clear or almost clear and 2 grades better)",
        "griffiths": "modified Griffiths scale as tabulated in Cochrane review PMC7193765",
        "primos_2011": "J Am Acad Dermatol 2011;64:706 (PRIMOS roughness, reliability)",
        "goodman_baron_2006": "Goodman & Baron 2006, doi 10.1111/j.1473-2165.2006.00222.x (scar score, rater spread)",
        "ishfaq_2022": "Ishfaq 2022, J Clin Aesthet Dermatol 15(6):48 (one scar grade good, two excellent)",
        "lesion_raters": "multi-rater lesion count study (0.81-0.97 within, 0.61 between raters)",
        "tewl_update_2018": "Br J Dermatol 2018;179:1049, doi 10.1111/bjd.17025 (normal values of water loss)",
        "tewl_sites_2013": "Kottner 2013, Arch Dermatol Res (water loss by body site)",
        "samadi_2022": "Samadi 2022, JEADV (skin hydration, meta-analysis by site)",
        "mexameter": "Mexameter scale 0-999 (evaluation laboratory's description)",
        "mexameter_forearm": "Mexameter forearm series, n = 52 (melanin 230, erythema 269)",
        "cutometer_face": "facial Cutometer ranges (R2 0.66-0.82), jofa.ump.edu.pl article 54",
        "gais": "Global Aesthetic Improvement Scale as described by flexikon.doccheck.com",
        "franz_pairs": "Quartier et al. 2019, Pharmaceutics; 17 porcine skin pairs in the cTOST package",
        "barrier_mda": "microdermabrasion split-face trial 2002, pubmed 12030870 (n = 8: water loss up at 24 h)",
        "barrier_roller": "facial barrier recovery after short rollers 2012, Dermatol Surg 38:1816 (within 72 h)",
        "mda_technique": "microdermabrasion technique page, skin-disease-care.com 1575 (courses, preparation)",
        "mda_optimisation": "Andrews 2011, S-EPMC3050026 (crystal flow and time matter, pressure little)",
        "mda_passes": "Davari 2008, Int J Dermatol 47:508 (2 and 3 passes)",
        "mda_vacuum": "clinic and vendor pages: from 4 inHg, routine 8-12 inHg, printed 22-45 kPa",
        "mda_medscape": "Medscape 843957 (microdermabrasion, skin types)",
        "peel_table_a": "peel depth table of urbanrxpharmacy.com",
        "peel_table_b": "IBX medical policy on chemical peels",
        "peel_ph": "Kessler 2008, Dermatol Surg 34:45 and glycolic acid review PMC3875240 (pH of peels)",
        "peel_ga_time": "glycolic contact times, secondary source quoting the AAD (droracle.ai 597467)",
        "peel_trials": "El Refaei 2015, J Egypt Womens Dermatol Soc 12:196 (peels every two weeks)",
        "vemula_2018": "Vemula 2018, J Am Acad Dermatol 79:508 (473 superficial peels, skin types III-VI)",
        "mn_review": "Juhasz & Cohen 2020, PMC7764156 (microneedling devices and safety)",
        "mn_depth": "Kalluri 2011, AAPS J, PMC3160154 (0.77 mm needles, 0.15 mm channels; barrier recovery)",
        "mn_alam_2014": "Alam 2014, JAMA Dermatol (needling, split face, every two weeks)",
        "mn_expected": "Chu 2021, Dermatol Surg 47:1249 (expected reactions to microneedling, up to 7 days)",
        "mn_singh_2016": "Singh & Yadav 2016, Indian Dermatol Online J 7:244 (microneedling review)",
        "us_needling_class": "21 CFR 878.4430 (US device class, excludes transdermal delivery of products)",
        "isotretinoin_spring": "Spring 2017, JAMA Dermatol, doi 10.1001/jamadermatol.2017.2077",
        "isotretinoin_waldman": "Waldman 2017, Dermatol Surg 43:1249",
        "peel_contra": "clinic pages on contraindications of peels: practice, not evidence",
        "mn_contra": "clinic pages on microneedling: practice, not evidence",
        "mn_infection": "J Drugs Dermatol S1545961624P0e79X (microneedling, contraindications)",
        "peel_acne": "PMC6053170 (peels in acne, choice of patients)",
        "peel_prep_days": "peel preparation pages (mussenhealth.us, thecosmeticsurgery.org): practice, not evidence",
        "vehicle_lamel": "Lamel 2015, Arch Dermatol Res 307:757 (vehicle arms fell by 27-35 %)",
        "chinn_2000": "Chinn 2000, Stat Med 19:3127",
        "ctcae": "CTCAE general grades: 1 mild, 2 local treatment, 3 severe",
    }
)


def cite(*keys: str) -> str:
    """The citations of ``keys``, joined by "; ". An unknown key is a programming error (KeyError)."""
    return "; ".join(CITED[key] for key in keys)
