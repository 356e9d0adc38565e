"""How clinics write codes and treatments in cells, beside the house's own spellings, in five languages; for drafting.

Phrases are compared word by word, so "trockene Haut" also finds "trocken".
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

TREATMENT_WORDS = {
    "microdermabrasion": "microdermabrasion; micro dermabrasion treatment; mda; diamond microdermabrasion; "
    "crystal microdermabrasion; dermabrasion; Mikrodermabrasion Diamant; microdermoabrasione; "
    "microdermoabrasión; microdermabrasión; microdermabrasion cristaux",
    "chemical_peel": "chemical peel; peel; peeling; peels; fruit acid peel; chemisches Peeling; "
    "Fruchtsäurepeeling; Säurebehandlung; peeling chimico; peeling químico; peeling chimique; glycolic; "
    "glycolic acid; ga; salicylic; salicylic acid; sa; tca; trichloroacetic; lactic acid; mandelic acid; "
    "jessner; pyruvic; acido glicolico; acido salicilico; ácido glicólico; ácido salicílico; acide glycolique; "
    "acide salicylique; Glykolsäure; Salicylsäure; Milchsäure; Mandelsäure",
    "dermal_roller": "dermal roller; derma roller treatment; dermaroller therapy; micro needling; "
    "microneedling; mn; needling session; needle roller; dermapen; derma pen; dermastamp; skinpen; "
    "collagen induction; Mikroneedling; Nadelroller; microaghi; rullo dermico; microagujas; rodillo dérmico; "
    "microponction; micro-aiguilles; microperforation",
}
WORDS = {
    "yes_no_unknown": {
        "yes": "yes; done already; handed out; given; ticked off; completed; kept to; followed; "
        "bereits erledigt; ja; ausgehändigt; wurde eingehalten; befolgt; sì; fatto; consegnato; seguito; sí; "
        "hecho; entregado; fait; remis; suivi; x",
        "no": "no; not given; missed; not done yet; ignored; noch ausstehend; nicht; nicht befolgt; "
        "wurde missachtet; fehlt; non fatto; no hecho; non fait; pas fait",
        "unknown": "unknown; not sure; unsure about it; not known; unbekannt; noch unklar; sconosciuto; non so; "
        "desconocido; no se sabe; inconnu; ne sait pas",
    },
    "sun_exposure": {
        "yes": "sun exposure; sunbathing; tanned skin; sunbed; in the sun; beach holiday; sonnengebräunt; "
        "gebräunte Haut; im Solarium; Sonnenbank; esposto al sole; abbronzato; lampada solare; bronceado; playa; "
        "bronzé; plage",
        "sunburn": "sunburn; burnt by the sun; starker Sonnenbrand; scottatura; eritema solare; quemadura solar; "
        "coup de soleil",
        "no": "no sun; none at all; in the shade; indoors only; keine Sonne; im Schatten; nessuna; ninguna; "
        "aucune",
        "unknown": "unknown; not sure; unbekannt; sconosciuto; desconocido; inconnu",
    },
    "sex": {
        "female": "female; women; Frau; weiblich; lady; mrs / miss / ms; signora; femmina; donna; señora; "
        "mujer; femenino; madame; femme; féminin",
        "male": "male; men; Herr; männlich; gentleman; mr / sir; signore; maschio; uomo; señor; hombre; "
        "masculino; monsieur; homme; masculin",
        "other": "other; diverse; divers; altro; otro; autre",
    },
    "skin_type": {
        "dry": "dry skin; dehydrated; tight; trockene Haut; sehr trocken; pelle secca; secca; piel seca; seca; "
        "peau sèche; sèche",
        "oily": "oily skin; greasy; shiny skin; fettige Haut; ölige Haut; pelle grassa; grassa; piel grasa; "
        "grasa; peau grasse; grasse",
        "combination": "combination skin; mixed skin; oily T-zone; Mischhaut-Typ; pelle mista; mista; "
        "piel mixta; mixta; peau mixte; mixte",
        "normal": "normal skin; balanced skin; normale Haut; ausgeglichene Haut; pelle normale; piel normal; "
        "peau normale",
        "sensitive": "sensitive skin; reactive; delicate; easily irritated; empfindliche Haut; sensible Haut; "
        "pelle sensibile; piel sensible; peau sensible",
    },
    "side": {
        "left": "left; left half; left side; linke Seite; links; sinistra; sinistro; sx; izquierda; izquierdo; "
        "izq; gauche",
        "right": "right; right half; right side; rechte Seite; rechts; destra; destro; dx; derecha; derecho; "
        "der; droite",
        "both": "both; both sides; bilateral; beide; beidseits; entrambi; ambos; les deux",
    },
    "timing": {
        "pre": "pre; before treatment; before; first; vor Behandlung; vorher gemessen; prima; antes; avant",
        "post": "post; after treatment; after; straight afterwards; at end; nach Behandlung; nachher gemessen; "
        "danach; dopo; después; après",
    },
    "intercurrent_event": {
        "switch": "switched; changed treatment; other treatment; another service; Wechsel der Behandlung; "
        "cambio; cambio trattamento; cambio de tratamiento; changement de traitement",
        "stop": "stopped; course stopped; gave up treatment; given up; no more sessions; quit; abgebrochen; "
        "Abbruch der Behandlung; interrotto; sospeso; abandono; suspendido; arrêt; abandon",
        "new_skin_drug": "new drug; new medicine; started tablets; on tablets; isotretinoin; new medication; "
        "neue Medikamente; Isotretinoin begonnen; nuovo farmaco; nuevo medicamento; nouveau médicament",
        "adverse_event": "adverse event; side effect; complication; Nebenwirkung; evento avverso; "
        "evento adverso; effet indésirable",
        "pregnancy": "pregnancy; pregnant; expecting a baby; Schwangerschaft; in gravidanza; incinta; embarazo; "
        "embarazada; grossesse; enceinte",
        "sunburn": "sunburn; burnt in the sun; mit Sonnenbrand; scottatura; quemadura solar; coup de soleil",
    },
    "event": {
        "erythema": "redness; erythema; Hautrötung; rossore; eritema; enrojecimiento; rougeur",
        "oedema": "swelling; oedema; Schwellungen; Ödem; gonfiore; hinchazón; gonflement",
        "tightness": "tight feeling; tightness; Spannungsgefühle; pelle che tira; tirantez; tiraillement",
        "dryness": "dry skin; dryness; Trockenheit; secchezza; sequedad; sécheresse",
        "flaking": "flaking; scaling; peeling skin; Hautschuppung; Abschuppung; desquamazione; descamación; "
        "desquamation",
        "stinging": "stinging; burning; Hautbrennen; bruciore; escozor; picotement; brûlure",
        "pinpoint_bleeding": "pinpoint bleeding; Punktblutungen; sanguinamento puntiforme; sangrado puntiforme; "
        "saignement ponctuel",
        "crusting": "crusts; crusting; scabs; Krustenbildung; croste; costras; croûtes",
        "blistering": "blisters; blistering; Blasen; vescicole; ampollas; cloques",
        "hyperpigmentation": "hyperpigmentation; dark spots; pih; Pigmentflecken; iperpigmentazione; macchie; "
        "hiperpigmentación; manchas; taches",
        "infection": "infection; inflammation with pus; Infektion; Hautentzündung; infezione; infección",
        "herpes": "herpes; cold sore; Lippenherpes; Fieberblasen; herpes labiale; bouton de fièvre",
        "scarring": "scarring; scar; Vernarbung; cicatrice; cicatriz",
        "bruising": "bruise; bruising; Bluterguss; livido; moretón; ecchymose",
        "itching": "itching; itch; Juckreiz; prurito; picor; démangeaison",
    },
    "concern": {
        "acne": "acne; breakouts; spots; Akne; unreine Haut; Hautunreinheiten; acné; boutons",
        "acne_scars": "acne scars; scars; Aknenarben; cicatrici; cicatrices de acné; cicatrices",
        "texture": "texture; rough skin; unebenes Hautbild; raue Haut; grana; textura; grain de peau",
        "pores": "pores; large pores; große Poren; pori dilatati; poros; pores dilatés",
        "pigmentation": "pigmentation; dark spots; Pigmentflecken; macchie; manchas; taches",
        "redness": "redness; Rötungen; rossori; rojeces; rougeurs",
        "ageing": "ageing; wrinkles; lines; Falten; rughe; arrugas; rides",
        "laxity": "laxity; slack skin; schlaffe Haut; lassità; flacidez; relâchement",
        "dullness": "dull skin; fahle Haut; colorito spento; piel apagada; teint terne",
        "dryness": "dry skin; trockene Haut; secchezza; sequedad; sécheresse",
    },
    "peel_agent": {
        "glycolic_acid": "glycolic acid; Glykolsäure; acido glicolico; ácido glicólico; acide glycolique; ga",
        "salicylic_acid": "salicylic acid; Salicylsäure; acido salicilico; ácido salicílico; acide salicylique; "
        "sa",
        "trichloroacetic_acid": "trichloroacetic acid; Trichloressigsäure; tca; acido tricloroacetico",
        "lactic_acid": "lactic acid; Milchsäure; acido lattico; ácido láctico; acide lactique",
        "mandelic_acid": "mandelic acid; Mandelsäure; acido mandelico; ácido mandélico; acide mandélique",
        "pyruvic_acid": "pyruvic acid; Brenztraubensäure; acido piruvico; ácido pirúvico; acide pyruvique",
        "jessner": "jessner solution; Jessner-Lösung; soluzione di jessner",
    },
    "peel_depth": {
        "very_superficial": "very superficial; sehr oberflächlich; hauchdünn; molto superficiale; "
        "muy superficial; très superficiel",
        "superficial": "superficial; oberflächliche Schälung; oberflächliche; superficiale; superficiel; light",
        "medium": "medium; medium depth; mitteltiefe; mittlere Tiefe; medio; moyen",
        "deep": "deep; tiefes Peeling; profondo; profundo; profond",
    },
    "roller_device": {
        "roller": "roller; hand roller; manual; manuelle Rolle; Handroller; rullo; rodillo; rouleau",
        "pen": "pen; dermapen; motorised pen; electric; Needling-Stift; penna; lápiz; stylo",
        "stamp": "stamp; Stempel; timbro; sello; tampon",
    },
    "true_false": {
        "true": "yes; true; ja; sì; sí; oui; went to hospital",
        "false": "no; false; nein; non; stayed at home",
    },
    "severity": {"1": "mild; leicht; lieve; leve; léger", "2": "moderate; mittel; moderato; moderado; modéré",
                 "3": "severe; schwer; grave; sévère"},
    "fitzpatrick": {},
    "body_site": {
        "face": "face; Gesicht; viso; cara; visage",
        "forehead": "forehead; Stirn; fronte; frente; front",
        "cheek": "cheek; Wange; guancia; mejilla; joue",
        "nose": "nose; Nase; naso; nariz; nez",
        "chin": "chin; Kinn; mento; mentón; menton",
        "neck": "neck; Hals; collo; cuello; cou",
        "back": "back; Rücken; schiena; espalda; dos",
    },
}  # fmt: skip
TREATMENTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {name: tuple(p.strip() for p in text.split(";")) for name, text in TREATMENT_WORDS.items()}
)
TEXTS: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        codes: MappingProxyType({code: tuple(p.strip() for p in text.split(";")) for code, text in of.items()})
        for codes, of in WORDS.items()
    }
)
#: Texts that stand for "no value" in a column of numbers.
MISSING = (
    "n/a", "na", "n.a.", "-", "--", "---", "k.a.", "k. a.", "ka", "keine angabe", "nd", "n.d.", "nb", "n.b.", ".",
    "null", "none", "#n/a", "#nv", "nan", "missing", "not done", "unbekannt", "fehlt", "s/d", "s.d.", "nc",
    "non fait", "x",
)  # fmt: skip
#: Numbers that stand for "no value" where they lie far from all others.
CODED_MISSING = ("999", "9999", "99", "-1", "-9", "-99", "-999", "777", "888")
