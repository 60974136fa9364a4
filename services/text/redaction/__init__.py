"""Personal data in text, found and replaced before the text goes where it should not be known.

    kinds       what is looked for, and what was found
    folding     one spelling for characters that look alike
    scan        a text in tokens
    spelling    letters and digits as they are said
    rows        digits that belong together
    emails, phones, cues, cards, ibans, networks, names
                one detector each, from a scan to places
    detection   all detectors over one text
    pseudonyms  what stands in place of a value
    redactor    the whole, with the state of a session
    options     what a user may ask for

What is found has a form of its own (an address, a check digit, the shape of a number, a name of the user's
list). Nothing here guesses from meaning: a street, a diagnosis or a name that nobody listed stays.
"""
