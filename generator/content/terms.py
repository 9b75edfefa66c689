"""Turns text into terms for comparing articles: stemmed words, names, and runs of words."""

import enum
import functools
import re
import sys
from collections.abc import Iterable, Mapping, Sequence

import msgspec
import Stemmer

_WORD = re.compile(r"[^\W_]+(?:[-.][^\W_]+)*(?:['’]s\b)?|[.!?:]")
_RUN = 4
_STEMMER = Stemmer.Stemmer("english", 0)

# Stop words.
_STOP = frozenset(
    """
    a about after all also am amid an and any are as at be because been before being between both but by can could
    did do does don during each for from get got had has have he her here him his how however i if in into is it its
    just let made make many may me might more most much must my new no nor not now of off on once one only or
    other our out over own per said same say says she should so some such t than that the their them then there
    these they this those through to too two under until up upon us use used uses using via was we were what
    when where which while who whom whose why will with within without would yet you your
    """.split()  # noqa: SIM905 - a list of quoted words would hide the words
)
# The beginning of a headline that contradicts another one: "No, the model cannot".
_RETORT = re.compile(r"no(?:pe)?(?:[,:!—–]|\.(?!\s*\d))|fact[ -]?check|debunk|myth[:s]", re.IGNORECASE)
# The expected share of documents about medical AI that contain a word, in rough tiers. The counts of a small collection
# do not show yet that "model" is a weaker sign than "mammogram", and "women" a weaker one than a hospital's name.
_TIERS: Mapping[float, str] = {
    0.35: "ai artificial intelligence",
    0.12: """
    company data health learning machine model patient research researcher study system technology tool
    """,
    0.05: """
    accuracy accurate algorithm announce announcement base better billion business cancer care clinical customer
    deep detect detection develop develops developed device diagnose diagnosis digital disease doctor drug early
    find first group healthcare help hospital image imaging improve launch launches market medical medicine
    million network neural partner people percent plan platform predict prediction product program project
    provide release report risk scientist service show software solution support team train treatment university
    work world year
    """,
    0.02: """
    access analysis analyze approach available benefit best bias blood brain breast case cell center challenge
    change clinician cloud complete condition coronavirus cost country covid create ct day deal director
    disorder enable ethic evidence executive expert feature future gene generation global government growth
    heart human identify impact include increase industry information insight institute issue journal law lead
    leader lung management method mri need news offer online open pandemic part pathologist physician potential
    power process protein publish quality radiologist rate result robot scan science screening security sign
    skin specialist stage start startup strategy student surgery symptom target test therapy time trial tumor
    understand user virus woman workflow
    """,
    0.015: """
    able above academic accept accord account achieve across act action active actual adapt add address adopt
    adult advance advantage advice affect age agency ago agree aid aim air allow almost alone along already
    although always america american amount annual another answer anyone appear apply appoint appropriate area
    argue around arrive article ask assess assist associate assume attack attempt attention author authority average
    avoid award aware away back bad balance bank bar barrier basic battle bear beat become begin behavior behind
    believe below beside beyond bill bit black block board body book boost bottom box boy brand break bridge
    brief bring broad budget build burden buy call campaign capable capacity capital capture car card career
    careful carry catch cause caution central century ceo certain chain chair chance charge chat check chief
    child children choice choose city claim class classify clear climate close club co code collaborate
    collaboration collect college combine come comment commercial commit committee common commonly communicate
    communication community compare compete competition complex component computer concept concern conclude
    conduct conference confirm connect consider consistent constant consult consumer contact contain content
    context continue contract contribute control conventional conversation cope core correct correlate council
    count couple course cover craft crisis critical cross crucial culture current currently cut cycle daily
    damage danger date dead deal death debate decade decide decision decline deep define degree delay deliver
    demand demonstrate department depend deploy describe description design designed despite detail determine
    device die differ difference different difficult direct direction discover discovery discuss discussion
    distinguish distribute divide doubt drive drop due duty earlier earn ease easy economic economy edge
    education effect effective efficiency efficient effort eight either element eliminate else email emerge
    emergency emotion employ employee end energy engage engine engineer enhance enough ensure enter enterprise
    entire environment equal equip error especially essential establish estimate etc europe european evaluate
    even event ever every everyone exact examine example exceed excellent except exist expand expect expensive
    experience experiment explain explore expose extend external extra face facility fact factor fail fall false
    family famous far fast favor fear federal feel few field fight figure fill final finance financial fine
    finish firm fit five fix flaw flow focus follow food foot force forecast foreign form former forward
    foundation founder four frame framework free frequent friend front full fully function fund fundamental
    further game gap gather generally generate get girl give glass go goal gold good grant great green ground
    guide guideline half hand handle happen happy hard harm he head hear heavy high higher highlight highly hire
    history hit hold home hope host hour house huge hundred idea ideal illness imagine immediate implement
    implementation imply important impossible impress inc incident independent index indicate individual inform
    initial initiative inner innovation innovative input inside insight inspire instance instead insurance
    integrate intend intense interact interest internal international internet interpret interview introduce
    invest investigate investigation investment investor invite involve item job join joint judge jump keep key
    kill kind know knowledge lab label laboratory lack land language large largely last late later latest law
    lay layer learn least leave left legal less lesson let letter level liability library license lie life
    lifestyle light like likely limit line link list listen literature little live load local locate location
    long longer look lose loss lot love low lower main maintain major majority man manage manner manual
    manufacture map march mark mass massive master match material matter maximum mean measure mechanism media
    meet member memory men mention message middle might military mind minimum minute miss mission mistake mix
    mobile mode modern moment money monitor month move movement multi multiple music name narrow nation national
    natural nature near nearly necessary negative neither network never next nine non none normal north note
    nothing notice novel number object objective observe obtain obvious occur office officer official often old
    open operate operation opinion opportunity optimal option order ordinary organization organize origin
    original others otherwise outcome output outside overall overcome own pace package page pain pair panel
    paper parent park participant participate particular particularly party pass past path pattern pay peer
    perfect perform performance perhaps period permit person personal perspective phase phone photo physical
    pick picture piece pilot place play player please point policy political poor popular population position
    positive possible possibly post practical practice precise precision prefer prepare present president press
    pressure prevent previous previously price primary principle print prior priority private probably problem
    procedure proceed produce professional professor profit progress promise promote proof proper properly
    property propose protect prove provider public pull purchase purpose push put qualify quarter question quick
    quickly quite race raise range rank rapid rapidly rare rather raw reach react read reader ready real reality
    realize really reason reasonable receive recent recently recognition record recognize recommend recommendation
    recover red reduce reduction refer reflect region regular regulate regulation relate relation relationship
    relative relevant reliable rely remain remember remote remove repeat replace represent request require
    reserve resource respect respond response responsible rest restrict retain return reveal review revolution
    right rise road role room root round routine rule run sad safe safety sale sample save scale scenario scene
    schedule school score sea search season second secret section sector see seek seem select sell senior sense
    sensitive separate sequence series serious serve session set setting seven several severe severity shape
    share shift short should side signal significant significantly similar simple simply since single site
    situation six size skill slow small smart social society solid solve someone something sometimes
    sophisticated sort sound source south space speak special specific speech speed spend spot spread staff
    staffing stand standard star state statement station statistic statistical status stay step stick still stop
    store story straight strain strategic stream street strength stress strike strong structure struggle style
    subject submit subtle succeed success successful successfully such suffer suggest suit summer supply suppose
    sure surface surprise survey suspect sustain switch table tackle take talk target task teach technical
    technique tell ten tend term thank theory thing think third thousand thread threat threaten three throughout
    throw ticket tie tight tiny title today together tomorrow tone top topic total touch toward track trade
    tradition traditional transfer transform transformation transition translate transport travel treat tree
    trend trigger trip trouble true trust truth try turn twice two type typical typically ultimate unable
    uncover underlie understanding unique unit unite united unlike update upgrade upper urgent usa usual usually
    utilize valuable value variable variety various vary vast vehicle version via view visit visual vital voice volume
    volunteer wait walk wall want war warn waste watch water way weak wealth website week weight west white
    whole wide widely wider willing win window winter wish woman women wonder word worker worldwide worry worse
    worst worth write wrong yes yesterday yet young
    """,
    0.01: """
    alzheimer antibiotic arthritis asthma autism cardiac cardiology chest chronic colon colonoscopy
    colorectal dementia dermatology diabetes ecg epilepsy eye fracture glaucoma infection kidney leukaemia
    leukemia liver lymphoma mammogram mammography melanoma mental microscopy mortality mutation neurology nodule
    obesity oncology ophthalmology pancreatic parkinson pathology pneumonia polyp pregnancy prognosis prostate
    radiology readmission retina retinal seizure sepsis sleep spine stroke suicide survival tissue triage
    tuberculosis ultrasound vaccine xray
    """,
}


@functools.lru_cache(maxsize=131_072)
def stem(word: str) -> str:
    """Returns the stem of a lower-case English word (Porter2, the English stemmer of Snowball)."""
    return sys.intern(_STEMMER.stemWord(word))


PRIOR: Mapping[str, float] = {stem(word): share for share, words in sorted(_TIERS.items()) for word in words.split()}
"""The expected share of documents that contain a stem. Stems that are not listed are far rarer."""


# Those of the words above that name what an article is about, not how or by whom it was done.
_SUBJECTS = """
    blood brain breast cancer cell coronavirus covid ct disorder drug gene heart lung mri pandemic pathologist protein
    radiologist skin surgery therapy tumor virus
    """
MEDICAL_STEMS = frozenset(stem(word) for word in f"{_SUBJECTS} {_TIERS[0.01]}".split())
"""The stems of medical subjects: organs, diseases, specialties and methods."""
_MONTHS = "january february march april june july august september october november december"
_GENERAL = (frozenset(PRIOR) - MEDICAL_STEMS) | {stem(word) for word in _MONTHS.split()}


class Terms:
    """The terms of a headline and its summary. Immutable; rarely used attributes are computed on first access."""

    __slots__ = ("_runs", "_subject", "all", "headline", "is_rebuttal", "key", "names", "ordered", "summary", "title")

    def __init__(
        self, headline: Sequence[str], summary: Sequence[str], names: Iterable[str], *, is_rebuttal: bool
    ) -> None:
        self.headline = tuple(map(sys.intern, headline))
        """The terms of the headline in order."""
        self.summary = tuple(map(sys.intern, summary))
        """The terms of the summary in order."""
        self.names = frozenset(names)
        """The terms written as names or numbers: ``MIT``, ``Owkin``, ``214``."""
        self.is_rebuttal = is_rebuttal
        """Whether the headline contradicts another one."""
        self.key = " ".join(headline)
        """The terms of the headline in order, as one text. Equal for repeated headlines."""
        self.title = frozenset(self.headline)
        """The terms of the headline."""
        self.ordered = tuple(dict.fromkeys((*self.headline, *self.summary)))
        """The terms of headline and summary in order, without duplicates."""
        self.all = frozenset(self.ordered)
        """The terms of headline and summary."""
        self._subject: frozenset[str] | None = None
        self._runs: frozenset[tuple[str, ...]] | None = None

    @property
    def capped(self) -> list[str]:
        """The terms with an expected share (:data:`PRIOR`), whose weight is limited by it."""
        return [term for term in self.ordered if term in PRIOR]

    @property
    def subject(self) -> frozenset[str]:
        """The terms that can name what the article is about."""
        if self._subject is None:
            self._subject = frozenset(filter(can_name, self.all))
        return self._subject

    @property
    def runs(self) -> frozenset[tuple[str, ...]]:
        """The runs of four terms in the summary (w-shingling). Copied texts share many of them."""
        if self._runs is None:
            self._runs = frozenset(zip(*(self.summary[start:] for start in range(_RUN)), strict=False))
        return self._runs


class _Headline(msgspec.Struct, array_like=True, gc=False):
    """The first field of packed terms, which can be decoded without the others."""

    headline: list[str]


class _Packed(_Headline, array_like=True, gc=False):
    """The arguments of :class:`Terms`, as they are packed."""

    summary: list[str]
    names: list[str]
    is_rebuttal: bool


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(_Packed)
_HEADLINE = msgspec.msgpack.Decoder(_Headline)


def unpack(packed: bytes) -> Terms:
    """Returns the terms that :func:`read` has packed."""
    terms = _DECODER.decode(packed)
    return Terms(terms.headline, terms.summary, terms.names, is_rebuttal=terms.is_rebuttal)


def headline_key(packed: bytes) -> str:
    """Returns ``Terms.key`` of packed terms, without decoding the rest."""
    return " ".join(_HEADLINE.decode(packed).headline)


@functools.lru_cache(maxsize=131_072)
def can_name(term: str) -> bool:
    """Returns whether a term can name what an article is about."""
    return len(term) > 1 and term not in _GENERAL and not term.isdecimal()


@functools.lru_cache(maxsize=16_384)
def analyse(title: str, excerpt: str) -> Terms:
    """Returns the terms of a headline and a summary."""
    return unpack(read(title, excerpt))


def read(title: str, excerpt: str) -> bytes:
    """Returns the terms of a headline and a summary, packed to save memory."""
    headline, headline_names = _read(title)
    summary, summary_names = _read(excerpt)
    is_rebuttal = bool(_RETORT.match(title))
    return _ENCODER.encode(_Packed(headline, summary, [*headline_names, *summary_names], is_rebuttal))


def _read(text: str) -> tuple[list[str], list[str]]:
    """Returns the terms of a text in order, and those of them that are written as names or numbers."""
    terms: list[str] = []
    capitalised: list[str] = []
    names: list[str] = []
    is_sentence_start = True
    for word in _WORD.findall(text.lower() if text.isupper() else text):
        if word in ".!?:":
            is_sentence_start = True
            continue
        parts, parts_as_names, parts_capitalised = _parts(word)
        terms += parts
        if parts_as_names:
            names += parts_as_names
        if parts_capitalised and not is_sentence_start:
            capitalised += parts_capitalised
        is_sentence_start = False
    # In title case, a capital letter does not mark a name.
    if len(capitalised) * 2 < len(terms):
        names += capitalised
    return terms, names


@functools.lru_cache(maxsize=131_072)
def _parts(word: str) -> tuple[list[str], list[str], list[str]]:
    """Returns the terms of a word and its hyphenated parts: all, those written as names, and capitalised ones."""
    bare = word[:-2] if word.endswith(("'s", "’s")) else word
    parts = [(term, kind) for term, kind in map(_classify, bare.split("-")) if term]
    return (
        [term for term, _ in parts],
        [term for term, kind in parts if kind is _Kind.NAME],
        [term for term, kind in parts if kind is _Kind.CAPITALISED],
    )


class _Kind(enum.Enum):
    """The way in which a word is written."""

    PLAIN = enum.auto()
    CAPITALISED = enum.auto()
    NAME = enum.auto()


def _classify(part: str) -> tuple[str, _Kind]:
    """Returns the term of a word, or ``""`` for a stop word, and the way in which it is written."""
    lower = part.lower()
    is_acronym = len(part) > 1 and part.isupper()
    if not part or (lower in _STOP and not is_acronym):
        return "", _Kind.PLAIN
    # "WHO" is not the stop word "who", and numbers have no stem.
    term = part if lower in _STOP else stem(lower) if lower.isalpha() else lower
    if is_acronym or not part.isalpha() or (part[1:] and not part[1:].islower()):
        return term, _Kind.NAME
    return term, _Kind.CAPITALISED if part[0].isupper() else _Kind.PLAIN
