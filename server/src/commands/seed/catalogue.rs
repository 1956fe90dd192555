//! What the demo stores sell: SKU, title, price in minor units; the best sellers first.

/// Goods.
pub(super) const GOODS: [(&str, &str, i64); 24] = [
    ("TEA-EG-100", "Earl Grey, 100 g tin", 890),
    ("MUG-STONE-L", "Stoneware mug, large", 1_450),
    ("CND-FIG", "Fig candle, 220 g", 2_200),
    ("LIN-TWL-2", "Linen tea towels, pair", 1_800),
    ("HNY-HEATH", "Heather honey, 340 g", 950),
    ("SOAP-OLV", "Olive soap, 3 bars", 1_200),
    ("BLK-WOOL-GR", "Wool blanket, grey", 8_900),
    ("JAM-DAM", "Damson jam, 300 g", 620),
    ("PEN-BRASS", "Brass pen", 3_400),
    ("NTB-A5-DOT", "Notebook A5, dotted", 1_150),
    ("CUP-ESP-2", "Espresso cups, pair", 2_600),
    ("COF-HSE-250", "House blend coffee, 250 g", 980),
    ("APR-DENIM", "Denim apron", 3_900),
    ("BRD-OAK", "Oak board, 40 cm", 4_200),
    ("VSE-BLU-S", "Small blue vase", 2_750),
    ("SCF-MER", "Merino scarf", 5_600),
    ("CRD-SET-8", "Letterpress cards, set of 8", 1_350),
    ("OIL-OLV-500", "Olive oil, 500 ml", 1_690),
    ("SLT-SEA", "Sea salt, 250 g", 540),
    ("CHN-BRD-LRG", "Large bread bin", 6_400),
    ("LMP-READ", "Reading lamp", 11_900),
    ("CSH-VLV-GRN", "Velvet cushion, green", 4_800),
    ("PLT-DIN-4", "Dinner plates, set of 4", 7_200),
    ("CLK-WALL", "Wall clock", 9_500),
];

/// What the SKUs of food begin with: it is taxed less than other goods.
pub(super) const FOOD: [&str; 6] = ["TEA-", "HNY-", "JAM-", "COF-", "OIL-", "SLT-"];
