"""Invented people, streets and sentences."""

FIRST = ["Ada", "Alfie", "Amara", "Anouk", "Arlo", "Beatrix", "Benno", "Callum", "Carys", "Cleo", "Dara", "Delphine", "Eben", "Edith", "Elodie", "Emrys", "Esme", "Fergus", "Fleur", "Freya", "Gideon", "Greta", "Hamish", "Hattie", "Idris", "Imogen", "Ines", "Ivor", "Jago", "Juno", "Kasia", "Keir", "Leonie", "Lowri", "Lucian", "Mabel", "Magnus", "Maren", "Milo", "Nell", "Niamh", "Noor", "Odette", "Orla", "Otis", "Petra", "Quentin", "Ravi", "Rosalind", "Rufus", "Saoirse", "Selma", "Silas", "Tamsin", "Tariq", "Thea", "Tobias", "Una", "Viggo", "Wanda", "Wilf", "Xanthe", "Yusuf", "Zelda"]
LAST = ["Abernethy", "Alderson", "Ashgrove", "Birchall", "Blackmore", "Bramwell", "Brightwater", "Calloway", "Carraway", "Coppersmith", "Crowhurst", "Daubney", "Dunmore", "Eastlake", "Elderfield", "Fairweather", "Farrow", "Fenwick", "Gladstone", "Greenhalgh", "Halloway", "Hartnell", "Hawksworth", "Ingleby", "Jessop", "Kingsnorth", "Lambourne", "Larkspur", "Littlewood", "Lockhart", "Marchbanks", "Merriweather", "Netherby", "Oakeshott", "Osgood", "Pemberley", "Penhaligon", "Quillfeather", "Ravenscroft", "Redfern", "Rookwood", "Sallow", "Silverdale", "Southgate", "Stonebridge", "Thistlewood", "Thornbury", "Underhill", "Vale", "Wainwright", "Weatherby", "Westerby", "Whitlock", "Winterbourne", "Wyndham", "Yarrow"]
STREETS = (
    "Alder Row", "Bakehouse Yard", "Candle Lane", "Dovecote Street", "Elm Terrace", "Foundry Road", "Gorse Hill",
    "Harbour Steps", "Ivy Close", "Juniper Way", "Kiln Lane", "Larch Avenue", "Mill Race", "Nettle Bank", "Orchard Green",
    "Pump Street", "Quarry Road", "Ropewalk", "Saddler's Court", "Tannery Lane", "Upper Wharf", "Vine Passage", "Weir Road",
)  # fmt: skip
TOWNS = {
    "GB": (("Amberwick", "ZA1 4FQ"), ("Brackenford", "ZB6 2LN"), ("Coldharbour", "ZC3 9TR"), ("Dunwater", "ZD8 1QH"),
           ("Eastmere", "ZE2 7PD"), ("Fallowdene", "ZF5 3WX"), ("Greyscar", "ZG9 6BJ"), ("Hollinbeck", "ZH4 8VC")),
    "US": (("Cedar Notch", "00417"), ("Lone Pine Falls", "00862"), ("Port Amity", "00123")),
    "DE": (("Oberlinden", "00815"), ("Neumoor", "00471")),
    "FR": (("Saint-Aubrac", "00142"), ("Vieuxpont", "00933")),
    "IE": (("Ballymarl", "Z11 AB12"), ("Knockfern", "Z42 XY78")),
    "NL": (("Waterbroek", "0099 ZZ"),),
    "AU": (("Banksia Point", "0088"),),
}  # fmt: skip
COMPANIES = (
    "Amberwick Stationers",
    "The Brackenford Gift Shop",
    "Greyscar Games",
    "Eastmere Garden Centre",
    "Dunwater Café",
)
PERSONALISATIONS = (
    "Juno",
    "Milo & Thea",
    "The Farrows",
    "Room 3",
    "Nell",
    "Otis",
    "Esme 2026",
    "Café Wren",
    "Hattie",
    "Arlo",
)
UNKNOWN_TITLES = (
    "Custom order: fox planter, extra tall", "Mystery box of minis, autumn edition", "Sample pack of colours",
    "Replacement lid for dice box", "Christmas bundle, 3 pieces", "Gift voucher, printed",
)  # fmt: skip
RUN_NOTES = (
    "A little stringing, brushed off.", "Bed was warm already, perfect first layer.", "Changed the plate afterwards.",
    "Colour a touch darker than the last roll.", "Slight ringing on the left side.", "Dried the roll overnight, much better.",
    "Ran quieter with the lid open.", "Nozzle wiped before the start.",
)  # fmt: skip
ORDER_NOTES = (
    "Asked for no plastic in the box.",
    "Second order this month, add a mini.",
    "Wants it before the weekend.",
)
PRINTER_NAMES = ("Ember", "Fable", "Gizmo", "Hazel", "Indigo", "Juniper", "Kestrel", "Lumen", "Maple", "Nimbus")
SERIES = (
    "", "Alpine", "Amber", "Arcade", "Atelier", "Bold", "Cabin", "Classic", "Coastal", "Cosy", "Deco", "Dune", "Fjord",
    "Grand", "Harbour", "Junior", "Loft", "Meadow", "Midnight", "Nordic",
)  # fmt: skip
