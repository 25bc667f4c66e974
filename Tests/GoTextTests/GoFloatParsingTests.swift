import GoText
import Testing

@Test(
    "numbers are read as strconv.ParseFloat reads them",
    arguments: [
        ("1", 1), ("-1.5", -1.5), ("+.5", 0.5), ("5.", 5), ("1e3", 1000), ("1E-3", 0.001),
        ("1_000", 1000), ("1_2.3_4", 12.34), ("0x1p4", 16), ("0X.8p1", 1), ("0x_1p0", 1),
        ("0x1.8P+1", 3), ("00012", 12), ("Inf", .infinity), ("-infinity", -.infinity),
        ("+INF", .infinity),
    ] as [(String, Double)]
)
func numbers(text: String, value: Double) {
    #expect(GoFloat.parse(text) == value)
}

@Test(
    "what strconv.ParseFloat refuses is no number",
    arguments: [
        "", "+", ".", "e5", "0x10", "0x1", "0x", "0xp1", "0x1p", "1e", "1e+", "0b11", "0o17",
        "_1", "1_", "1__2", "1_.5", "1._5", "1e_5", "1e5_", " 1", "1 ", "1s", "5m", "--1", "+-1",
        "+nan", "-nan", "nan(1)", "infin", "1e999", "-1e999", "1,5", "١", "1.2.3", "0x1p1.5",
    ]
)
func noNumbers(text: String) {
    #expect(GoFloat.parse(text) == nil)
}

@Test("NaN is a number")
func notANumber() {
    #expect(GoFloat.parse("NaN")?.isNaN == true)
}
