"""Words that made documents are written with: English and medical ones, and parts of invented names.

In each list common words come first. An underscore is a space. A verb with ``:`` has all its forms.
"""


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.replace("_", " ") for word in text.split()))


NOUNS = _listed("""
    tool model system study technology patient company image platform algorithm hospital risk treatment result test
    researcher program service trial device market partner report product case group approach year team clinic
    solution feature record need note method application network plan challenge outcome standard project
    decision time insight benefit process option change question answer score pattern signal sample scan measure
    customer provider center university scientist expert user developer leader institute agency startup investor
    rule review region country state city office school community family home visit call message page document
    file form chart table list library archive database server cloud browser phone app screen camera sensor robot
    machine engine chip wearable watch headset assistant chatbot dashboard portal interface workflow pipeline
    toolkit framework prototype pilot release version update upgrade extension module package license subscription
    price cost budget fund grant loan contract deal agreement alliance merger acquisition investment round share
    stake revenue profit loss forecast estimate target goal milestone deadline delay backlog shortage demand
    supply chain vendor supplier manufacturer distributor insurer payer employer regulator lawmaker court judge
    law bill policy guideline principle code charter consent complaint lawsuit settlement penalty audit
    inspection recall warning alert notice label claim finding article journal paper preprint abstract
    conference session panel keynote webinar workshop course lesson curriculum degree certificate award prize
    finalist winner nominee competition hackathon survey interview poll questionnaire response opinion
    comment debate criticism concern fear hope promise hype myth mistake error bias gap barrier limit threshold
    baseline benchmark metric indicator rate ratio average percentage fraction sum total number figure value level
    range scale grade stage phase step cycle period month week day hour minute moment history trend shift wave
    surge peak decline drop increase rise growth expansion rollout launch debut arrival departure move switch
    transition transformation revolution breakthrough advance discovery invention idea concept theory hypothesis
    experiment observation simulation prediction recommendation suggestion instruction command prompt query search
    match link connection relation association correlation cause effect impact influence consequence factor
    component element part piece layer unit cell node cluster class category type kind shape size length
    volume weight density pressure temperature speed distance depth angle edge border zone area field domain
    sector industry business enterprise corporation firm bureau council committee board force
    member chair director manager executive officer president founder chief head lead colleague peer mentor
    trainee graduate resident fellow volunteer participant subject candidate applicant recipient donor caregiver
    guardian parent child infant adult senior veteran worker employee staffer nurse doctor physician surgeon
    specialist therapist pharmacist dentist midwife paramedic technician engineer programmer designer analyst
    consultant lawyer economist journalist editor author reader visitor guest stranger neighbour friend
    bed ward room corridor theatre laboratory pharmacy warehouse factory plant campus building site station
    vehicle ambulance truck drone aircraft ship train road bridge map route address location destination
    backup copy mirror gateway firewall password credential token key lock account profile role permission
    schedule calendar appointment reminder booking referral prescription dose pill tablet capsule injection syringe
    needle tube mask glove gown glass lens laser beam pulse echo tone voice word sentence paragraph
    transcript summary translation dictionary glossary term definition template draft manuscript proposal
    inventory asset resource reserve surplus deficit debt interest tax fee fine refund discount coupon voucher
    gift reward incentive bonus salary wage pension policyholder shareholder stakeholder beneficiary trustee
    puzzle riddle lottery gamble bet odds chance luck accident incident emergency disaster outbreak epidemic
    quarantine lockdown curfew ban restriction exemption waiver permit approval clearance authorization
    accreditation endorsement signature stamp seal badge logo brand trademark patent copyright royalty
    catheter stent pacemaker implant prosthesis scalpel stethoscope thermometer ventilator incubator dialyzer
    microscope centrifuge pipette reagent assay biomarker genotype phenotype mutation variant pathway placebo
    cohort registry biobank endpoint protocol amendment meta-analysis registry subgroup confounder
    regimen relapse remission comorbidity complication symptom syndrome onset flare episode seizure tremor
    allergy rash fever cough headache nausea fatigue swelling bleed infection inflammation metastasis
    vaccine booster antibiotic antiviral steroid statin insulin inhaler opioid sedative anesthetic antidote
    molecule compound peptide polymer catalyst isotope tracer contrast electrode circuit transistor battery
    antenna actuator gripper joystick exoskeleton hologram avatar emulator compiler kernel tensor gradient
    embedding transformer encoder decoder classifier regression ensemble forest hyperparameter dataset annotation
    """)

MASS = _listed("""
    data care health research information access accuracy safety security privacy quality software support training
    science medicine imaging management analysis use development performance work money evidence knowledge advice
    feedback equipment hardware storage memory bandwidth traffic compliance governance ethics trust transparency
    fairness equity inclusion diversity efficiency productivity capacity flexibility reliability availability
    interoperability integration automation documentation billing scheduling staffing recruitment retention
    education literacy awareness attention motivation engagement adherence satisfaction wellbeing comfort dignity
    autonomy empathy judgment intuition expertise experience leadership teamwork communication collaboration
    coordination monitoring surveillance screening prevention diagnosis prognosis triage rehabilitation recovery
    survival mortality morbidity prevalence incidence exposure immunity resistance tolerance sensitivity
    specificity precision variance noise contrast resolution brightness motion gravity friction heat light sound
    water air oxygen carbon plastic metal cotton food nutrition sleep exercise sport travel tourism housing
    insurance finance banking trade commerce retail logistics manufacturing agriculture energy electricity climate
    pollution weather rain justice enforcement defence radiology oncology cardiology pathology dermatology
    ophthalmology neurology psychiatry pediatrics obstetrics surgery anesthesia dentistry pharmacology toxicology
    immunology virology genomics proteomics epidemiology nursing nephrology urology hematology gastroenterology
    """)

DISEASES = _listed("""
    cancer breast_cancer lung_cancer heart_failure stroke diabetes sepsis dementia depression prostate_cancer
    skin_cancer melanoma heart_disease Alzheimer's_disease pneumonia tuberculosis glaucoma diabetic_retinopathy
    colon_cancer atrial_fibrillation Parkinson's_disease kidney_disease asthma epilepsy schizophrenia autism
    pancreatic_cancer liver_cancer ovarian_cancer cervical_cancer brain_tumors lung_nodules colon_polyps
    high_blood_pressure cardiac_arrest heart_attacks aortic_stenosis arrhythmia aneurysm pulmonary_embolism
    chronic_pain back_pain migraine arthritis osteoporosis fractures scoliosis multiple_sclerosis leukemia lymphoma
    anemia malaria dengue influenza hepatitis HIV COVID-19 long_COVID acute_kidney_injury cirrhosis fatty_liver
    obesity malnutrition eating_disorders anxiety bipolar_disorder suicide_risk insomnia sleep_apnea addiction
    opioid_overdose preterm_birth preeclampsia endometriosis infertility macular_degeneration cataracts myopia
    hearing_loss tinnitus vertigo psoriasis eczema acne burns chronic_wounds pressure_ulcers cystic_fibrosis COPD
    emphysema bronchitis sarcoidosis lupus celiac_disease Crohn's_disease colitis pancreatitis gallstones
    thyroid_nodules rare_diseases genetic_disorders birth_defects cerebral_palsy concussion spinal_injuries delirium
    falls hospital_infections antibiotic_resistance C._difficile urinary_infections drug_interactions
    medication_errors
    """)

BODY = _listed("""
    heart lung brain breast skin eye retina kidney liver blood bone spine colon prostate pancreas stomach throat
    thyroid bladder uterus ovary placenta artery vein valve vessel muscle joint knee hip shoulder hand foot jaw
    tooth gum tongue ear nose sinus airway chest abdomen pelvis nerve cortex hippocampus cerebellum pituitary
    marrow lymph plasma platelet tissue tumor lesion nodule polyp plaque clot scar wound embryo gene genome protein
    enzyme antibody hormone receptor neuron microbe virus bacterium
    """)

MEANS = _listed("""
    CT_scans MRI_scans mammograms chest_X-rays ultrasound_images retinal_images pathology_slides ECG_traces
    health_records clinical_notes blood_tests genetic_data voice_recordings cough_sounds smartphone_photos biopsies
    skin_photographs endoscopy_videos PET_scans EEG_recordings heart_sounds sleep_records gait_measurements
    claims_data lab_results vital_signs patient_messages discharge_letters radiology_reports pathology_reports
    wearable_sensors glucose_readings speech_samples typing_patterns eye_movements facial_expressions
    social_media_posts genome_sequences protein_structures cell_images tissue_samples mass_spectra urine_tests
    breath_samples saliva_tests dental_X-rays angiograms echocardiograms spirometry_curves insurance_claims
    emergency_calls triage_notes prescription_histories nursing_notes operating_room_videos drug_labels
    trial_protocols journal_abstracts
    """)

PEOPLE = _listed("""
    patients doctors clinicians researchers radiologists nurses physicians hospitals providers scientists developers
    health_systems women men children adults veterans consumers employers insurers regulators startups investors
    surgeons pathologists cardiologists dermatologists oncologists ophthalmologists psychiatrists neurologists
    caregivers parents students residents pharmacists dentists therapists midwives paramedics lawmakers engineers
    data_scientists older_adults pregnant_women cancer_survivors smokers athletes newborns teenagers pharmacies
    drugmakers device_makers universities biobanks charities governments critics ethicists economists
    """)

PLACES = _listed("""
    hospitals clinics emergency_rooms intensive_care primary_care rural_clinics nursing_homes pharmacies
    operating_rooms the_home the_field the_clinic the_cloud schools prisons refugee_camps medical_schools
    outpatient_care cancer_centers maternity_wards radiology_departments call_centers low-income_countries
    clinical_trials drug_discovery public_health mental_health dentistry veterinary_medicine home_care
    military_hospitals community_clinics Europe Africa Asia North_America South_America Australia
    """)

VERBS = _listed("""
    use help improve detect predict develop support provide launch announce offer create show reduce increase identify
    find:finds:found:finding diagnose treat screen test analyse monitor track measure assess compare learn train
    build:builds:built:building make:makes:made:making bring:brings:brought:bringing enable allow deliver expand add
    combine connect integrate join partner acquire purchase fund raise invest award
    approve clear authorize recommend warn question challenge review study examine explore investigate discover reveal
    suggest indicate confirm validate replicate publish present report discuss explain describe outline summarize
    automate accelerate streamline simplify replace extend transform change shape influence affect boost
    cut:cuts:cut:cutting save lower limit prevent avoid delay stop:stops:stopped:stopping flag:flags:flagged:flagging
    spot:spots:spotted:spotting map:maps:mapped:mapping classify grade segment outperform match exceed surpass miss
    overlook fail struggle
    adopt deploy implement introduce unveil debut open extend release update upgrade retire
    withdraw:withdraws:withdrew:withdrawing
    recall suspend pause resume delete restore protect secure encrypt share exchange collect store label annotate curate
    translate transcribe generate write:writes:wrote:writing read:reads:read:reading answer ask guide
    teach:teaches:taught:teaching educate inform convince persuade reassure engage involve include exclude recruit
    enroll interview survey rank score sort filter search query retrieve forecast estimate calculate simulate optimize
    calibrate adjust tailor personalize customize configure design engineer evaluate benchmark certify license regulate
    govern restrict ban:bans:banned:banning permit:permits:permitted:permitting require demand mandate encourage
    discourage reward penalize sue settle argue claim deny criticize defend praise celebrate honor host sponsor
    lead:leads:led:leading merge divide separate isolate target trigger block inhibit activate stimulate
    bind:binds:bound:binding synthesize sequence edit inject implant insert remove transplant repair heal recover
    survive age grow:grows:grew:growing spread:spreads:spread:spreading infect mutate evolve adapt respond react resist
    tolerate strain rely depend benefit suffer worry care serve work operate function perform succeed compete
    collaborate cooperate negotiate sign seal approach reach arrive enter leave:leaves:left:leaving return follow
    precede accompany carry hold:holds:held:holding keep:keeps:kept:keeping lose:loses:lost:losing win:wins:won:winning
    gain earn spend:spends:spent:spending
    """)

ADJECTIVES = _listed("""
    new clinical medical digital early large first healthcare global national better public human real available
    accurate high low small deep advanced automated personal personalized remote virtual mobile open free secure
    private academic federal local rural urban regional international European American Chinese British Canadian
    Japanese Indian leading major key critical important significant promising novel innovative powerful intelligent
    smart generative predictive diagnostic therapeutic surgical cardiac pulmonary neural renal hepatic ocular dental
    pediatric maternal neonatal geriatric psychiatric cognitive behavioral genetic genomic molecular cellular
    chronic acute severe mild rare common deadly invasive noninvasive painless routine annual daily weekly monthly
    continuous wearable portable handheld wireless connected cloud-based web-based AI-powered AI-driven AI-based
    data-driven voice-activated patient-centered evidence-based value-based open-source peer-reviewed real-time
    real-world large-scale long-term short-term low-cost high-risk at-risk first-in-human randomized prospective
    retrospective observational multicenter independent external internal blinded controlled preliminary interim
    final quarterly fiscal commercial industrial technical strategic operational administrative financial
    legal ethical moral social political economic environmental cultural historical scientific statistical
    mathematical computational experimental theoretical practical physical mental emotional nutritional
    pharmaceutical biological chemical electrical mechanical optical acoustic magnetic thermal nuclear structural
    functional anatomical visual verbal written spoken silent hidden visible obvious subtle complex simple easy
    difficult hard fast slow quick rapid gradual sudden steady stable unstable robust fragile flexible rigid
    efficient effective affordable expensive cheap costly profitable sustainable scalable reliable trustworthy
    transparent explainable interpretable biased unbiased fair unfair equal unequal diverse uniform standard
    traditional conventional modern contemporary recent previous former future upcoming current ongoing
    next-generation state-of-the-art cutting-edge widespread limited narrow broad wide specific general
    universal partial complete full empty entire multiple single double triple dual joint shared separate
    different similar identical unique typical unusual strange surprising unexpected anticipated controversial
    voluntary mandatory optional preferred exclusive temporary permanent seasonal overnight busy overworked
    understaffed underserved vulnerable healthy sick elderly young pregnant diabetic asthmatic immune antiviral
    antibacterial postoperative preoperative intravenous topical inpatient outpatient ambulatory
    """)

ADVERBS = _listed("""
    also now often still already more better faster earlier quickly accurately automatically successfully significantly
    potentially reliably safely remotely widely currently recently finally clearly largely nearly roughly
    directly closely carefully quietly steadily sharply slowly gradually suddenly jointly independently
    commercially clinically globally nationally locally securely continuously consistently correctly wrongly
    surprisingly reportedly allegedly deliberately voluntarily temporarily permanently
    """)

FIELDS = _listed("""
    artificial_intelligence AI machine_learning deep_learning generative_AI neural_networks
    natural_language_processing computer_vision predictive_analytics large_language_models digital_health telehealth
    precision_medicine medical_imaging robotic_surgery big_data federated_learning reinforcement_learning
    digital_pathology drug_discovery genomics speech_recognition decision_support remote_monitoring telemedicine
    digital_therapeutics synthetic_data edge_computing data_mining radiomics bioinformatics health_informatics
    virtual_reality augmented_reality blockchain quantum_computing transfer_learning causal_inference robotics
    """)

PREFIXES = _listed("""
    bio micro tele multi neuro auto cardio non over pre re nano immuno inter onco sub under cyber meta post trans co
    pharma super anti hyper mega intra counter out mis
    """)

BEGINNINGS = _listed("""
    Al Ba Be Bo Bra Ca Cel Co Cor Da Del Do El En Fa Fer Fi Ga Gen Go Hal Har He In Is Jo Ka Kel Ko La Le Lu Ma Mar
    Me Mi Mo Na Ne No Nor O Pa Pel Pri Qua Ra Re Ri Ro Sa Se Sol Ta Te Tri U Va Ve Vi Wa Wes Xe Za
    """)
MIDDLES = _listed("bi ca da de di do fa ga la le li lo ma mi mo na ni no ra ri ro sa so ta ti va vo")
ENDINGS = _listed("""
    bel by cor da del den dia dor fax field ford gen ham is ix kin la land len lix lo mar med mont na ner nix non nova
    phon ra ric ris ron sen son ston tan tec tia tis ton tra tron va ven ver via vin vis vo xa
    """)
