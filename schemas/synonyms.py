"""How clinics call what we know: phrases per column and outcome in English, German, Italian, Spanish and French.

Everyday names from forms, device manuals and practice software, for drafting a mapping; never used to read data without
one. A header is compared word by word with them, so a phrase need not be repeated in every order.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType


def _split(entries: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({name: tuple(p.strip() for p in text.split(";")) for name, text in entries.items()})


KEYS = {
    "clinic_id": "clinic; clinic id; practice; study site; centre; center; location; branch; Standort; Praxis; "
    "Zentrum; Filiale; clinica; sede; centro; clínica; sucursal; clinique; cabinet; établissement",
    "patient_id": "patient; patient id; patient number; patient code; client id; client number; "
    "customer number; id; subject id; subject number; participant; record id; reference number; chart number; "
    "usubjid; Patientennummer; Patienten-ID; Kundennummer; Probandennummer; Teilnehmernummer; paziente; "
    "ID paziente; codice paziente; numero paziente; codice cliente; paciente; código de paciente; "
    "número de paciente; historia clínica; identifiant patient; numéro de patient; numéro de dossier",
    "session_id": "session id; appointment id; visit id; encounter id; Sitzungs-ID; Terminnummer; ID seduta; "
    "ID sesión; identifiant séance",
    "session_date": "session date; date of session; date; visit date; treatment date; appointment date; "
    "date of visit; assessment date; day of treatment; Datum; Behandlungsdatum; Sitzungsdatum; Termindatum; "
    "Besuchsdatum; data; data seduta; data trattamento; data visita; fecha; fecha de la sesión; "
    "fecha del tratamiento; fecha de visita; date de séance; date du traitement; date de visite; rendez-vous",
    "visit": "visit; visit number; week; study week; timepoint; visit week; avisit; avisitn; analysis visit; "
    "Besuch; Visite; Woche; Messzeitpunkt; visita; settimana; semana; semaine; numéro de visite",
    "study_day": "study day; day; relative day; analysis relative day; days since start; "
    "days since first treatment; ady; time; time in days; Studientag; Tag; giorno; día; jour",
    "treatment": "treatment; treatment given; procedure; procedure type; service type; therapy; treatment arm; "
    "arm; group; trt; trtp; treat; planned treatment; intervention; blinded treatment; Behandlung; "
    "Behandlungsart; Therapie; Leistungsart; Gruppe; Anwendung; trattamento; terapia; procedura; servizio; "
    "gruppo; braccio; tratamiento; procedimiento; servicio; grupo; brazo; traitement; soin; acte; groupe; bras",
    "side": "side; face side; body side; half of face; laterality; Seite; Gesichtshälfte; lato; emivolto; lado; "
    "lateralidad; hemicara; côté; hémiface",
    "body_site": "body site; body part; site; region; area; area treated; Körperstelle; Körperregion; Areal; "
    "Region; zona; sede corporea; área; zona corporal; zone; région",
    "timing": "timing; moment of reading; before or after treatment; pre or post; time of measurement; "
    "Zeitpunkt der Messung; vor oder nach der Behandlung; momento della misura; prima o dopo; "
    "momento de la medida; antes o después; moment de la mesure; avant ou après",
}
SESSION = {
    "provider_id": "provider; operator; practitioner; treating therapist; treated by; staff; aesthetician; "
    "nurse; Behandler; Behandelnde; Kürzel des Behandlers; Therapeutin; Mitarbeiter; operatore; medico; "
    "terapista; operador; profesional; médico; praticien; opérateur; soignant",
    "rater_id": "rater; assessor; rated by; assessed by; investigator; evaluator; observer; grader; Beurteiler; "
    "beurteilt von; Bewerter; Untersucher; valutatore; valutato da; evaluador; evaluado por; évaluateur; "
    "évalué par",
    "device_id": "device; device id; machine; serial number; Messgerät; Gerätenummer; dispositivo; apparecchio; "
    "aparato; appareil",
    "session_no": "session number; session no; treatment number; number in course; visit in package; "
    "sequence number; laufende Nummer; Sitzungsnummer; Sitzung; seduta; numero seduta; sesión; número de sesión; "
    "séance; numéro de séance",
    "planned_sessions": "sessions planned; planned sessions; package size; sessions in package; course length; "
    "geplante Sitzungen; Größe des Pakets; Anzahl Sitzungen; sedute previste; sedute totali; sesiones previstas; "
    "total de sesiones; séances prévues; nombre de séances",
    "exposure_days": "exposure days; days of exposure; days observed; Beobachtungstage; giorni di osservazione; "
    "días de observación; jours d'observation",
    "hours_since_session": "hours since session; hours after treatment; hours later; Stunden seit Behandlung; "
    "Stunden danach; ore dopo la seduta; ore dal trattamento; horas desde la sesión; horas después; "
    "heures après la séance",
    "product": "product; product applied; serum applied; test product; preparation; Produkt; "
    "Präparat aufgetragen; Serum aufgetragen; prodotto; prodotto applicato; producto; producto aplicado; "
    "produit; produit appliqué",
    "adjunct": "adjunct; home care product; accompanying product; added product; concomitant product; "
    "Begleitprodukt; Pflege zu Hause; Heimpflegeprodukt; Zusatzprodukt; prodotto domiciliare; coadiuvante; "
    "producto en casa; coadyuvante; soin à domicile; adjuvant",
    "intercurrent_event": "intercurrent event; event during course; incident during course; reason for change; "
    "Zwischenfall; besonderer Vorfall; Ereignis im Verlauf; evento intercorrente; evento intercurrente; "
    "événement intercurrent",
    "intercurrent_date": "intercurrent date; date of event; event date; Datum des Ereignisses; data evento; "
    "fecha del evento; date de l'événement",
}
PEOPLE = {
    "consultation_date": "consultation date; date of consultation; first consultation; intake date; "
    "Beratungsdatum; Datum der Beratung; data consulenza; data consulto; fecha de consulta; date de consultation",
    "indication": "indication; reason for treatment; treated for; diagnosis; Indikation; Anlass der Behandlung; "
    "Diagnose; indicazione; motivo; diagnosi; indicación; diagnóstico; motif; diagnostic",
    "skin_type": "skin type; type of skin; skin condition; Typ der Haut; Hauttyp Kosmetik; Zustand der Haut; "
    "tipo di pelle; tipo de piel; type de peau",
    "concerns": "concerns; skin concerns; patient concerns; complaints; goals; wishes of the client; Anliegen; "
    "Beschwerden; Wünsche der Kundin; preoccupazioni; inestetismi; preocupaciones; préoccupations; attentes",
    "recommended_treatment": "recommended treatment; recommendation; treatment advised; advice given; "
    "proposed treatment; empfohlene Behandlung; Empfehlung der Beratung; trattamento consigliato; "
    "raccomandazione; tratamiento recomendado; recomendación; traitement recommandé; traitement conseillé",
    "contraindications": "contraindications; contraindication; warnings; cautions; medical alerts; "
    "Kontraindikationen; Gegenanzeigen; Vorsichtsgründe; controindicazioni; contraindicaciones; "
    "contre-indications",
    "instructions_given": "instructions given; leaflet given; preparation sheet given; "
    "pre-treatment instructions; information sheet handed out; Anweisungen gegeben; Merkblatt ausgehändigt; "
    "Aufklärung; istruzioni date; istruzioni fornite; instrucciones dadas; consignes données",
    "instructions_followed": "instructions followed; instructions kept; preparation kept; "
    "complied with instructions; compliance; adherence; obeyed; Anweisungen eingehalten; Anweisungen befolgt; "
    "istruzioni seguite; instrucciones seguidas; consignes suivies; consignes respectées",
    "sun_exposure_14d": "sun exposure; sun exposure in the last 14 days; sun last two weeks; recent sun; "
    "tanned recently; Sonnenexposition; Sonne letzte 14 Tage; esposizione al sole; exposición solar; "
    "exposition solaire",
    "product_stop_days": "days without active products; active products stopped days; days off retinoid; "
    "days since actives stopped; Tage ohne Wirkstoffe; Pause der Wirkstoffe in Tagen; giorni senza attivi; "
    "días sin activos; jours sans actifs",
    "fitzpatrick": "Fitzpatrick; Fitzpatrick skin type; skin phototype; phototype; fst; Hautlichttyp; "
    "Fitzpatrick-Typ; fototipo; phototype cutané",
    "birth_year": "birth year; year of birth; born in; Geburtsjahr; anno di nascita; año de nacimiento; "
    "année de naissance",
    "age": "age; age in years; age at treatment; Alter; età; edad; âge",
    "sex": "sex; sex / gender; m/f; Geschlecht; sesso; genere; sexo; género; sexe; genre; title of address; male",
}
EVENTS = {
    "event": "event; adverse event; reaction; side effect; complication; what happened to the skin; aeterm; "
    "unerwünschtes Ereignis; Nebenwirkung; Reaktion; Komplikation; evento avverso; effetto collaterale; "
    "evento adverso; efecto adverso; événement indésirable; effet indésirable",
    "onset_date": "onset date; onset; start date; began on; date of onset; Beginn am; Startdatum; data inizio; "
    "insorgenza; fecha de inicio; inicio; date de début; début",
    "resolved_date": "resolved date; resolution date; end date; resolved; healed on; Enddatum; abgeklungen am; "
    "Ende; data fine; risoluzione; fecha de fin; resolución; date de fin; résolution",
    "severity": "severity; severity grade; how severe; intensity; Schweregrad; Intensität; gravità; grado; "
    "gravedad; intensidad; gravité; sévérité",
    "serious": "serious; serious adverse event; hospital care; aeser; schwerwiegend; Klinikaufenthalt; serio; "
    "ricovero; grave; hospitalización; hospitalisation",
}
PARAMETERS = {
    "mda_passes": "microdermabrasion passes; passes; diamond passes; crystal passes; number of passes; "
    "Durchgänge; passaggi; pasadas; passages",
    "mda_vacuum_kpa": "vacuum; suction pressure; vacuum pressure; vacuum kPa; Vakuum; Unterdruck; Saugdruck; "
    "vuoto; aspirazione; vacío; succión; vide; dépression",
    "peel_agent": "peel agent; acid used; peeling agent; peel type; Peelingsäure; Wirkstoff des Peelings; "
    "agente peeling; acido usato; agente del peeling; ácido utilizado; agent du peeling; acide utilisé",
    "peel_percent": "peel concentration; peel percent; acid strength; acid concentration; concentration; "
    "Konzentration; Säurestärke; concentrazione; percentuale; concentración; porcentaje; pourcentage",
    "peel_ph": "peel pH; pH; acidity pH; pH-Wert; pH peeling",
    "peel_layers": "peel layers; layers; coats applied; number of layers; Anzahl Schichten; Lagen; strati; "
    "capas; couches",
    "peel_minutes": "contact time; peel minutes; minutes on skin; exposure time; time left on skin; "
    "Einwirkzeit in Minuten; Kontaktzeit; tempo di posa; minuti; tiempo de contacto; minutos; temps de pose; "
    "temps de contact",
    "peel_depth": "peel depth; depth; depth of peel; peel level; Peelingtiefe; Eindringtiefe; profondità; "
    "profundidad; profondeur",
    "roller_needle_mm": "needle length; needle mm; needle depth; needle size; needle tips; Nadellänge; "
    "lunghezza aghi; ago mm; longitud de aguja; longueur d'aiguille",
    "roller_passes": "roller passes; roller strokes; rolls over skin; rolling passes; Überrollvorgänge; "
    "passaggi del roller; pasadas del roller; passages du roller",
    "roller_device": "needling device; roller device; needling handpiece; roller or pen; Needlinggerät; "
    "dispositivo per needling; dispositivo de microagujas; appareil de microneedling",
}
OUTCOMES = {
    "texture_grade": "texture; texture grade; skin texture; skin smoothness; roughness grade; Griffiths; "
    "Hauttextur; Texturgrad; Grad des Hautbilds; grana della pelle; tessitura; textura; textura de la piel; "
    "grain de peau",
    "roughness_ra_um": "roughness; roughness ra; skin roughness; primos ra; Rauigkeit; Rauheit Ra; Rautiefe; "
    "rugosità; rugosidad; rugosité",
    "scar_grade": "scar grade; scar severity; Goodman Baron grade; grade of pitted scars; Narbengrad; "
    "Grad der Narben; grado cicatrici; grado de cicatrices; grade des cicatrices",
    "scar_score": "scar score; acne scar score; Goodman Baron score; quantitative scar score; Narbenscore; "
    "punteggio cicatrici; puntuación de cicatrices; score de cicatrices",
    "pore_count": "pore count; number of pores; visible pores; Porenzahl; Anzahl der Poren; numero pori; pori; "
    "número de poros; poros; nombre de pores",
    "inflammatory_lesions": "inflammatory lesions; inflammatory lesion count; inflamed spots; red pimples; "
    "papules; pustules; pimples; spots; entzündliche Läsionen; Pickel; Papeln und Pusteln; "
    "lesioni infiammatorie; brufoli; lesiones inflamatorias; granos; lésions inflammatoires; boutons",
    "noninflammatory_lesions": "non-inflammatory lesions; noninflammatory lesion count; comedones; blackheads; "
    "whiteheads; clogged pores; nicht entzündliche Läsionen; Mitesserzahl; Komedonen; comedoni; punti neri; "
    "lesioni non infiammatorie; lesiones no inflamatorias; comedones; puntos negros; comédons; points noirs",
    "total_lesions": "total lesions; lesion count; all lesions; total spots; Läsionen gesamt; "
    "Gesamtzahl Läsionen; lesioni totali; lesiones totales; lésions totales",
    "acne_iga": "iga; acne iga; investigator global assessment; acne severity; acne grade; doctor's acne grade; "
    "Urteil des Arztes; Aknegrad; Akneschweregrad; gravità acne; gravedad del acné; sévérité de l'acné",
    "absorbed_percent": "absorbed; absorbed percent; product absorbed; absorption; percent absorbed; uptake; "
    "penetration; eingezogen in Prozent; Aufnahme in Prozent; Absorption; assorbimento; assorbito; absorción; "
    "absorbido; absorbé",
    "flux_ug_cm2_h": "flux; skin flux; permeation; permeation rate; Flussrate; flusso; flujo; taux de perméation",
    "tewl_g_m2_h": "tewl; transepidermal water loss; water loss; water vapour loss; tewameter; Wasserverlust; "
    "perdita d'acqua; pérdida de agua; perte en eau",
    "hydration_au": "hydration; skin hydration; moisture; corneometer; corneometry; Feuchtigkeit; Hautfeuchte; "
    "idratazione; hidratación; hydratation",
    "melanin_index": "melanin; melanin index; mexameter melanin; pigment; brown pigment; Melanin; Pigment; "
    "melanina; mélanine; mexameter m",
    "erythema_index": "erythema; erythema index; redness; redness index; mexameter erythema; red; Rötung; "
    "Erythem; eritema; rossore; enrojecimiento; érythème; rougeur; mexameter e",
    "elasticity_r2": "elasticity; elasticity r2; cutometer; skin elasticity; firmness; Elastizität; "
    "Spannkraft der Haut; elasticità; elasticidad; élasticité",
    "satisfaction_vas": "satisfaction; patient satisfaction; happiness with result; vas satisfaction; "
    "satisfied; Zufriedenheit; Patientenzufriedenheit; soddisfazione; satisfacción; satisfaction du patient",
    "dlqi": "dlqi; dermatology life quality index; quality of life; quality of life questionnaire; "
    "Lebensqualität; Fragebogen zur Lebensqualität; qualità di vita; calidad de vida; qualité de vie",
    "gais": "gais; global aesthetic improvement; overall improvement; global improvement; global change; "
    "overall change rated; Gesamtverbesserung; Gesamteindruck der Besserung; miglioramento globale; "
    "mejoría global; amélioration globale",
    "visia_percentile": "visia percentile; visia; visia rank; percentile; Perzentil; percentile visia; "
    "percentil; centile",
}
LONG = {
    "outcome": "outcome; measure; measurement; parameter; test; paramcd; param; scale; Messgröße; Messung; "
    "Parameter; parametro; misura; parámetro; medida; paramètre; mesure",
    "value": "value; result; measured value; score; aval; Wert; Messwert; Ergebnis; valore; risultato; valor; "
    "resultado; valeur; résultat",
}
NAMES: Mapping[str, tuple[str, ...]] = _split({**KEYS, **SESSION, **PEOPLE, **EVENTS, **PARAMETERS, **OUTCOMES, **LONG})
#: What files and sheets of each table are called.
TABLES: Mapping[str, tuple[str, ...]] = _split(
    {
        "sessions": "sessions; treatments; appointments; visit log; readings; Sitzungen; Behandlungen; "
        "Messungen; sedute; visite; sesiones; tratamientos; séances; traitements",
        "patients": "patients; list of clients; customers; demographics; Patienten; Kundenliste; Stammdaten; "
        "pazienti; anagrafica; pacientes; clientes; patientes",
        "consultations": "consultations; intake; first consultation; Beratungen; Erstberatung; consulenze; "
        "consultas; consultations initiales",
        "adverse_events": "adverse events; side effects; complications; incidents; reactions; Nebenwirkungen; "
        "Komplikationen; eventi avversi; eventos adversos; événements indésirables",
    }
)
