import PromQL
import Series
import Testing
import Time

@Suite struct ResetTests {
    @Test("increases with several resets are added up in the order of the samples")
    func order() throws {
        var store = SeriesStore(retention: .seconds(10_000), maximumSeries: 1)
        let values = [1e16, 3, 1, 5, 2, 7, 4]
        for (index, value) in values.enumerated() {
            store.append(["__name__": "c"], value, at: .seconds(Double(index) * 60))
        }
        // From the difference on, each value before a reset is added and rounded in turn. Their sum
        // alone would be rounded to something else.
        let lost = [1e16, 3, 5, 7]
        let difference = 4 - 1e16
        #expect(lost.reduce(difference, +) == 19)
        #expect(difference + lost.reduce(0, +) == 20)
        let value = try Engine().instant(
            Expression.parse("increase(c[361s])"),
            at: .seconds(360),
            in: store
        )
        // The range is a second longer than the samples.
        guard case .vector(let samples) = value else {
            Issue.record("\(value)")
            return
        }
        #expect(samples.map(\.value) == [19 * (361.0 / 360.0)])
    }
}
