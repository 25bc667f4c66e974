import Testing
import Time

@testable import Series

@Suite("A series whose samples are late")
struct DelayedSeriesTests {
    private let late = Labels([("__name__", "late")])
    private let usual = Labels([("__name__", "usual")])

    /// Both series with the same sample.
    private func store(at time: Timestamp) throws -> (SeriesStore, [SeriesReference]) {
        var store = SeriesStore.large()
        let delayed = store.reference(for: late, isDelayed: true)
        let references = [try #require(delayed), try store.handle(usual)]
        for series in references { store.append(to: series, 1, at: time) }
        return (store, references)
    }

    @Test("has a current value for ten minutes longer, and not longer than that")
    func current() throws {
        let (store, references) = try store(at: .at(1_000))
        func current(_ now: Int) -> [Bool] {
            references.map {
                store.currentSample(of: $0, after: .at(now - 300), through: .at(now)) != nil
            }
        }
        #expect(current(1_299) == [true, true])
        #expect(current(1_360) == [true, false])
        #expect(current(1_899) == [true, false])
        #expect(current(1_900) == [false, false])
    }

    @Test("keeps the time of its sample, and windows are exact")
    func windows() throws {
        let (store, references) = try store(at: .at(1_000))
        let sample = store.currentSample(of: references[0], after: .at(1_060), through: .at(1_360))
        #expect(sample?.timestamp == .at(1_000))
        #expect(store.samples(late, after: .at(1_060), through: .at(1_360)).isEmpty)
        let newest = store.newestSample(of: references[0], after: .at(1_060), through: .at(1_360))
        #expect(newest == nil)
        #expect(store.samples(late, after: .at(760), through: .at(1_360)).count == 1)
    }

    @Test("is removed by its reference, and its place is not late afterwards")
    func removed() throws {
        var (store, references) = try store(at: .at(1_000))
        store.remove([references[0]])
        store.remove([references[0]])
        #expect(store.seriesCount == 1)
        #expect(store.samples(late).isEmpty)
        let next = try store.handle(Labels([("__name__", "next")]))
        store.append(to: next, 2, at: .at(1_000))
        #expect(store.currentSample(of: next, after: .at(1_060), through: .at(1_360)) == nil)
    }
}
