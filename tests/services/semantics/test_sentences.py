"""Topics, questions, action items and intents in single sentences of many fields, written and as recognised.
Labelled after tests/data/dialogues/README.md before the rules for them were written; no sentence is of the
dialogues."""

import pytest

from services.semantics.meaning import Intent, Kind, Situation
from services.semantics.rules import load_rules

RULES = load_rules()
TALK = Situation(names=frozenset({"nina", "omar", "sofia"}))

TOPICS = [
    ("How much would that set me back?", {"pricing"}),
    ("could you come down in price a bit", {"pricing"}),
    ("We'd get a reduction if we book for a group.", {"pricing"}),
    ("is there an extra fee for the second suitcase", {"pricing", "travel"}),
    ("I haven't received an invoice for May.", {"billing"}),
    ("you took the money from my card twice", {"billing"}),
    ("Can I settle the bill by bank transfer?", {"billing"}),
    ("when do i get my money back", {"refund"}),
    ("The deposit will be returned within a week.", {"refund"}),
    ("where is my package it should have come on tuesday", {"delivery"}),
    ("The courier left it with the neighbours.", {"delivery"}),
    ("the screen goes black every time i open the camera", {"technical_issue"}),
    ("My washing machine won't spin any more.", {"technical_issue"}),
    ("the wifi keeps cutting out in the evening", {"technical_issue"}),
    ("I forgot my password and now I'm locked out.", {"account_access"}),
    ("it says my user name is not valid", {"account_access"}),
    ("Could we meet on Tuesday at ten?", {"scheduling"}),
    ("i need to move my appointment to next week", {"scheduling"}),
    ("Do you have anything free on Friday afternoon?", {"scheduling"}),
    ("The report has to be in by the end of the month.", {"deadline"}),
    ("we will not make it in time", {"deadline"}),
    ("Which clause covers early termination of the lease?", {"contract"}),
    ("have you read the terms before you signed", {"contract"}),
    ("We're short of people on the night shift.", {"staffing"}),
    ("how many people would i be managing in this role", {"staffing"}),
    ("I've been throwing up since last night.", {"health_symptoms"}),
    ("my left ankle is swollen and it hurts when i walk", {"health_symptoms"}),
    ("How often should I take the drops?", {"medication"}),
    ("do i need a prescription for these pills", {"medication"}),
    ("The essay counts for thirty percent of the grade.", {"education"}),
    ("what chapters do we have to revise for the test", {"education"}),
    ("Does the policy cover water damage?", {"insurance"}),
    ("i'd like to report a claim my car was hit in a car park", {"insurance"}),
    ("Our plane lands at six in the morning.", {"travel"}),
    ("is breakfast included in the room", {"travel"}),
    # Nothing of the kind.
    ("I paid attention the whole time.", set()),
    ("of course you can", set()),
    ("That's a good point.", set()),
    ("he is the best in his field", set()),
    ("Good morning, how can I help you?", set()),
]

QUESTIONS = [
    "so what happens next",
    "You'll send me the form, right?",
    "and this includes the taxes yes",
    "I was wondering if you had any rooms left.",
    "could you tell me how that works",
    "Any news from the supplier?",
    "do you take anything for it",
    "Tell me about your last project.",
    "how long have you had the fever",
    "And who will be there?",
    "can we push it to thursday",
    "it was the blue one wasn't it",
    "I'd like to know whether the price includes delivery.",
    "is that okay for you",
    "What about the second invoice?",
    "would you rather come in the morning or in the afternoon",
    "May I have your name, please?",
    "okay and when did it start",
    "You don't have a cheaper one, do you?",
    "anything else i should bring",
]
STATEMENTS = [
    "That's what I told her.",
    "when we moved in the heating was already broken",
    "I know how you feel.",
    "what i need is a new router",
    "Let me check whether it's in stock.",
    "i don't know why it does that",
    "How nice!",
    "the one who called yesterday was very kind",
    "I'll ask her when she comes back.",
    "do the exercises on page nine",
    "That is right.",
    "we should ask them what they want",
    "You can do that online.",
    "where i live there is no bus",
]

ACTIONS = [
    ("Please call me back before noon.", ["call me back"]),
    ("could you email me the offer by tomorrow", ["email me the offer"]),
    ("You need to sign both copies.", ["sign both copies"]),
    ("Omar, please book the room for Monday.", ["book the room"]),
    ("we have to update the budget before the meeting", ["update the budget"]),
    ("Make sure the door is locked.", ["Make sure the door is locked"]),
    ("take one tablet every morning", ["take one tablet"]),
    ("Don't forget to bring your passport.", ["bring your passport"]),
    ("can you check the status and let me know", ["check the status"]),
    ("read chapter four and answer the questions", ["read chapter four", "answer the questions"]),
    ("I need you to restart the router.", ["restart the router"]),
    ("Would you mind filling in this form?", ["filling in this form"]),
    ("nina will prepare the slides until wednesday", ["prepare the slides"]),
    ("You'll have to send us a copy of the receipt.", ["send us a copy of the receipt"]),
    ("try to rest and drink a lot of water", ["try to rest", "drink a lot of water"]),
    ("We should talk to the landlord.", ["talk to the landlord"]),
    # None.
    ("Hold on a second, please.", []),
    ("could you repeat that please", []),
    ("I'll send it this afternoon.", []),
    ("have a nice weekend", []),
    ("What's your date of birth, please?", []),
    ("the system sends the report every night", []),
    ("My colleague has to approve it first.", []),
    ("let me see", []),
    ("Don't worry about it.", []),
    ("give me a moment", []),
]

INTENTS = [
    ("Sure, no problem.", "agreement"),
    ("yes that would work for me", "agreement"),
    ("I think that's a great idea.", "agreement"),
    ("absolutely right", "agreement"),
    ("We've decided to postpone the launch.", "decision"),
    ("let's do it on friday then", "decision"),
    ("Okay, I'll take the bigger room.", "decision"),
    ("so we agreed to hire her", "decision"),
    ("The budget stays as it is.", "decision"),
    ("I'll get back to you on Monday.", "commitment"),
    ("we're going to replace it for free", "commitment"),
    ("Let me look that up for you.", "commitment"),
    ("i can bring the drinks", "commitment"),
    ("You'll get an email from us tonight.", "commitment"),
    ("i promise it won't happen again", "commitment"),
    ("Sorry, what do you mean?", "question"),
    ("I didn't catch the last part.", "clarification"),
    ("what i meant was the other one", "clarification"),
    ("In other words, you want your money back.", "clarification"),
    ("to be clear we only need two of them", "clarification"),
    ("okay thank you", "general"),
    ("I see.", "general"),
    ("i've been here for three years", "general"),
    ("The weather was awful.", "general"),
    ("I'll be on holiday next week.", "general"),
    ("she said she would call", "general"),
    ("Please send it again.", "action_item"),
    ("you should see a doctor", "action_item"),
]


def topics(text: str) -> set[str]:
    return {each.label for each in RULES.annotate(text).found if each.kind is Kind.TOPIC}


@pytest.mark.parametrize(("text", "labels"), TOPICS)
def test_what_a_sentence_is_about(text: str, labels: set[str]) -> None:
    assert topics(text) == labels


@pytest.mark.parametrize("text", QUESTIONS)
def test_a_sentence_asks(text: str) -> None:
    assert Intent.QUESTION in RULES.classify_intent(text)


@pytest.mark.parametrize("text", STATEMENTS)
def test_a_sentence_does_not_ask(text: str) -> None:
    assert Intent.QUESTION not in RULES.classify_intent(text)


@pytest.mark.parametrize(("text", "tasks"), ACTIONS)
def test_what_is_to_be_done(text: str, tasks: list[str]) -> None:
    found = [
        each.attributes["what"] for each in RULES.annotate(text, TALK).found if each.kind is Kind.ACTION_ITEM
    ]
    assert found == tasks


@pytest.mark.parametrize(("text", "intent"), INTENTS)
def test_what_a_sentence_is_for(text: str, intent: str) -> None:
    assert RULES.classify_intent(text)[0] == intent
