"""What made headlines and summaries look like: rules, each with several ways to write something, common ones first.

Words in braces are other rules, or kinds of words that ``prose`` draws. A ``|`` ends a way.
"""


def _ways(text: str) -> tuple[str, ...]:
    return tuple(" ".join(way.split()) for way in text.split("|"))


RULES = {
    "thing": _ways("""
        {coined} | {adjective} {noun} | {nouns} | {product} | {adjective} {nouns} | {org} | {mass} | {noun} {nouns}
        | {adjective} {mass} | {body} {noun} | {org} {noun} | {disease} {noun} | {place} | {field} {noun}
        | {mass} {noun} | {acronym} {noun} | {means} | {noun} {mass} | {adjective} {noun} {nouns} | {mass} {nouns}
        | {coined} {nouns} | {noun}-{noun} {nouns}
    """),
    "one": _ways("""
        the {noun} | {org} | the {coined} | the {adjective} {noun} | {product} | a {adjective} {noun}
        | the {noun} of the {noun} | its {noun} | the {nouns} | the {noun} of {mass} | the {mass}
        | a {noun} and a {noun} | the {nouns} in the {noun} | {mass} | {place} | their {nouns} | {field} | the {body}
        | {adjective} {nouns} | {people} | {org}'s {noun} | {org} and {org} | a {field} {noun} | the {org} {noun}
        | this {noun} | {disease} | the {nouns} of {people} | an {acronym} {noun} | a {noun} for the {noun}
        | the {mass} of {nouns} | one of the {adjective} {nouns} | {number} {nouns} | {means}
        | {adjective} {nouns} and {nouns} | the {adjective} {noun} {noun} | all {nouns} | some {people} | every {noun}
        | no {noun} | {noun}-level {mass} | {noun}-based {nouns} | the {place} {noun} | {product} and {product}
    """),
    "coined": _ways("{prefix}{noun} | {prefix}{nouns} | {prefix}{mass} | {prefix}{body}"),
    "by": _ways("""
        in the {noun} | for the {noun} | of {disease} | with the {noun} | in {where} | for {people} | with {disease}
        | from {means} | of the {noun} | at {org} | in {place} | for {thing} | with {thing} | to the {nouns}
        | in {month} | without {thing} | through {thing} | on the {noun} | across {number} {nouns} | and {thing}
        | to {do} the {noun} | on {thing} | in {year} | to {do} {thing} | by {doing} {thing} | under {one}
        | against {disease} | between {people} and {people} | after {thing} | of {people} | by {percent}
        | over {number} {nouns} | at the {noun} | as {one} | {adverb} | since {year} | than {one} | into {thing}
        | around {place} | about {thing} | to {place}
    """),
    "act": _ways("""
        {does} the {noun} | can {do} {one} | {does} {one} | will {do} {one} {by} | has {did} {one}
        | could {do} {one} {by} | {does} {thing} {by} | is {doing} {one} | is {adjective} {by}
        | helps {people} to {do} {thing} | {does} {one} {by} | may {do} the {noun} | is expected to {do} {one}
        | was {did} {by} | are {doing} {one} | have {did} the {nouns} | is designed to {do} {thing} and {do} {thing}
        | aims to {do} {one} {by} | {adverb} {does} {thing} | does not {do} {one} | would {do} {thing} {by}
        | were {did} {by} | has been {did} {by} | needs {thing} | is now {adjective} {by} | must {do} {one}
        | makes it {adjective} to {do} {one} | {did} {one} {by}
    """),
    "says": _ways("""
        study finds | researchers say | {org} says | report | experts say | survey shows | {people} warn | study says
        | {org} study | says {org} | trial shows | analysis | review finds | {acronym} says
    """),
    "more": _ways("""
        {by} {by} | {by} | {by} {by} {by} | in {disease} {by} | for {people} {by} | {by}, {says} | with {field} {by}
        | and {thing} {by} | as {org} {does} {thing} | {by} and {by} | to {do} {thing} and {do} {thing}
        | {by}: {thing} {by}
    """),
    "headline": _ways("""
        {field} {does} {disease} {more} | {org} {does} {thing} {more} | {field} can {do} {disease} {more}
        | {org} and {org} {do} {thing} {more} | How {field} {does} {thing} {more} | {thing} {does} {thing} {more}
        | New {noun} {does} {disease} {more} | {org} launches {product} {noun} {more}
        | AI {noun} {does} {disease} {more} | {org} {does} {product} to {do} {thing} {more}
        | {people} {do} {thing} {more} | Study: {thing} {does} {thing} {more}
        | {org} raises {money} to {do} {thing} {more} | Using {field} to {do} {thing} {more}
        | FDA {does} {org} {noun} for {disease} {by} | {product} {does} {thing} {more}
        | Why {people} {do} {thing} {more} | {org} {nouns} {do} {thing} {more}
        | {field} in {where}: {thing} and {thing} | {org} to {do} {org} {noun} {more} | The {noun} of {field} {more}
        | {field} {noun} {does} {thing} {more} | {number} {nouns} {more} | {org}: {thing} {more}
        | {disease}: {thing} {more} | Can {field} {do} {one} {by}? | What {people} {do} {more}
        | {adjective} {thing} {more} | {place} {noun} {does} {thing} {more} | Is {one} {adjective}? {thing} {more}
        | {doing} {thing} {more} | {noun}: {one} {act} | '{thing}' {by}: {one} {act} | {thing} {more}, {says}
        | {org} {adverb} {does} {thing} {more} | {one} {act}, {says}
    """),
    "sentence": _ways("""
        {one} {act} {by} | {one} {act} | {org} has {did} {one} {by}, and {one} {act} | {field} {act} {by}
        | According to {org}, {one} {act} {by} | {one} {act} {by}, which {act} | The {noun} {act} {by}
        | {org} today announced that {one} {act} {by} | {people} at {org} have {did} {one} that {act}
        | A {adjective} {noun} by {people} at {org} shows that {one} {act} | In {month}, {one} {act} {by}
        | {one}, {one} and {one} {act} | With {thing}, {people} {do} {thing} {by} | {org}, which {does} {thing}, {act}
        | "{one} {act}," said {one} of {org} | {one} {act} but {one} {act} | When {one} {act}, {one} {act}
        | Now {people} can {do} {thing} {by} | This {act}, as {one} {act} {by} | It {act}, and {people} {do} {one}
        | To {do} {one}, {people} {do} {one} {by} | {by}, {one} {act} {by} | We {do} {one} {by} and {do} {one}
        | {one} who {act} {by} | More than {number} {people} {do} {one} | You can {do} {one} {by}
        | While {one} {act}, {one} {act} {by} | There is {one} {by} that {act} | {thing} {by} {act}, {says}
        | As {one} {act}, {org} {act} | What if {one} {act}? | The {place}-based {noun} {act} {by}
    """),
    # Announcements in fixed words, and how their summaries begin.
    "series": _ways("""
        Now available: {product} {noun} for {people} {by} | Cleared for use: {product} for {disease} {by}
        | {product} {noun} is now available in {where} {by} | Early access: {product} {mass} {by} {by}
        | {disease} {noun} market to reach {money} by {year}, {says} | {product} {noun} update for {month} {year}
        | {org} named a leader in {field} {mass} {by} | Recall: {product} {nouns} may {do} {thing} {by}
        | {product} now supports {thing} {by} | Weekly briefing: {field}, {disease} and {thing}
        | {org} joins the {product} {noun} program {by} | Change to {product} {mass} from {month} {year}
        | Webinar: {field} for {people} in {where} {by} | Trial results: {product} for {disease} {by}
    """),
    "opening": _ways("""
        You can now {do} {thing} with {product} {by} | {product} {by} has new features and fixes in {month}
        | The global {disease} {noun} market is expected to {do} {thing}
        | {product} for {people} is now generally available | {org} today announced that {product} {act}
        | Take advantage of {thing} in {product} {by} | {product} is now in early access for {people} {by}
        | This month we {did} {thing} {by} | Starting in {month} {year}, {product} {act}
        | The latest release of {product} {act}
    """),
}
