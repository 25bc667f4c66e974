import Remediation
import Testing
import Time

@Suite struct InstantTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (951_782_400_000, "2000-02-29T00:00:00Z"),
            (951_868_799_999, "2000-02-29T23:59:59Z"),
            (951_868_800_000, "2000-03-01T00:00:00Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00Z"),
            (4_107_542_399_000, "2100-02-28T23:59:59Z"),
            (1_623_160_513_000, "2021-06-08T13:55:13Z"),
            (-62_135_596_800_000, "0001-01-01T00:00:00Z"),
            (253_402_300_799_000, "9999-12-31T23:59:59Z"),
        ] as [(Int64, String)]
    )
    func instantsAreWrittenAsRFC3339(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).description == text)
    }

    @Test(arguments: [
        (Duration.zero, "0s"), (.milliseconds(250), "250ms"), (.seconds(90), "1m30s"),
        (.seconds(3600), "1h"), (.seconds(90_000), "1d1h"), (.seconds(-30), "-30s"),
        (.milliseconds(1500), "1s500ms"),
    ])
    func durationsAreWrittenAsPrometheusWritesThem(duration: Duration, text: String) {
        #expect(duration.text == text)
    }

    @Test func arithmeticSaturates() {
        #expect(Timestamp.distantFuture + .seconds(1) == .distantFuture)
        #expect(Timestamp.distantPast - .seconds(1) == .distantPast)
        #expect(Timestamp(milliseconds: 0) + .seconds(Int64.max) == .distantFuture)
        #expect(Timestamp(milliseconds: -2) - .seconds(Int64.max) == .distantPast)
        #expect(Timestamp.distantFuture - Timestamp.distantPast == .milliseconds(Int64.max))
        #expect(Timestamp.distantPast.description.hasSuffix("Z"))
    }

    @Test func aDifferenceAddsUpAgain() {
        let earlier = Timestamp(milliseconds: 1_234)
        let later = earlier + .seconds(61)
        #expect(later - earlier == .seconds(61))
        #expect(later - .seconds(61) == earlier)
        #expect(earlier < later)
    }
}
