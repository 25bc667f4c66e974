import Series
import Testing
import Time

struct AppendingTests {
    private let up: Labels = ["__name__": "up"]

    @Test("samples must be appended in time order")
    func order() {
        var store = SeriesStore.large()
        #expect(store.append(up, 1, at: .at(10)) == .appended)
        #expect(store.append(up, 1, at: .at(10)) == .duplicate)
        #expect(store.append(up, 2, at: .at(10)) == .conflictingValue)
        #expect(store.append(up, 1, at: .at(9)) == .outOfOrder)
        #expect(store.append(up, 3, at: .at(11)) == .appended)
        #expect(store.values(up) == [1, 3])
    }

    @Test("NaNs are duplicates by their bits")
    func nans() {
        var store = SeriesStore.large()
        #expect(store.append(up, .nan, at: .at(1)) == .appended)
        #expect(store.append(up, .nan, at: .at(1)) == .duplicate)
        #expect(store.append(up, Staleness.marker, at: .at(1)) == .conflictingValue)
    }

    @Test("a handle appends to its series")
    func handle() throws {
        var store = SeriesStore.large()
        let handle = try store.handle(up)
        #expect(store.append(to: handle, 1, at: .at(1)) == .appended)
        #expect(store.append(up, 2, at: .at(2)) == .appended)
        #expect(store.reference(for: up) == handle)
        #expect(store.labels(of: handle) == up)
        #expect(store.values(up) == [1, 2])
        #expect(store.seriesCount == 1)
        #expect(store.sampleCount == 2)
    }

    @Test("series beyond the limit are refused and counted")
    func seriesLimit() {
        var store = SeriesStore(retention: .seconds(60), maximumSeries: 2)
        for number in 0..<5 {
            let result = store.append(["n": "\(number)"], 1, at: .at(1))
            #expect(result == (number < 2 ? .appended : .seriesLimitReached))
        }
        #expect(store.seriesCount == 2)
        #expect(store.droppedSeriesTotal == 3)
        #expect(store.append(["n": "0"], 2, at: .at(2)) == .appended)
    }

    @Test("samples over the limit of a series evict the oldest")
    func sampleLimit() {
        var store = SeriesStore(
            retention: .seconds(1_000_000),
            maximumSeries: 1,
            maximumSamplesPerSeries: 500
        )
        for second in 0..<5000 { store.append(up, Double(second), at: .at(second)) }
        #expect((500...620).contains(store.sampleCount))
        #expect(store.evictedSamplesTotal == 5000 - store.sampleCount)
        #expect(store.values(up).last == 4999)
        let evicted = store.evictedSamplesTotal
        store.removeAll()
        #expect(store.sampleCount == 0)
        #expect(store.seriesCount == 0)
        #expect(store.evictedSamplesTotal == evicted)
        #expect(store.append(up, 1, at: .at(0)) == .appended)
        #expect(store.append(["__name__": "other"], 1, at: .at(0)) == .seriesLimitReached)
    }
}

struct ForgettingTests {
    private let up: Labels = ["__name__": "up"]
    private let down: Labels = ["__name__": "down"]

    @Test("pruning removes exactly the older samples")
    func pruning() {
        var store = SeriesStore.large()
        for second in 0..<1000 { store.append(up, Double(second), at: .at(second)) }
        store.prune(before: .at(700))
        #expect(store.values(up) == (700..<1000).map(Double.init))
        #expect(store.sampleCount < 1000)
    }

    @Test("a series without samples is removed")
    func emptySeries() throws {
        var store = SeriesStore.large()
        let handle = try store.handle(down)
        store.append(to: handle, 1, at: .at(10))
        store.append(up, 1, at: .at(100))
        store.prune(before: .at(50))
        #expect(store.seriesCount == 1)
        #expect(store.labelValues(of: "__name__") == ["up"])
        #expect(store.append(to: handle, 2, at: .at(101)) == .unknownSeries)
        #expect(store.labels(of: handle).isEmpty)
        #expect(store.newestSample(of: handle, after: .distantPast, through: .at(200)) == nil)
    }

    @Test("series are removed by their labels, and those that stay keep their samples")
    func removal() throws {
        var store = SeriesStore.large()
        let handle = try store.handle(down)
        store.append(to: handle, 1, at: .at(10))
        store.append(up, 2, at: .at(10))
        store.remove { $0["__name__"] == "other" }
        #expect(store.seriesCount == 2)
        store.remove { $0["__name__"] == "down" }
        #expect(store.seriesCount == 1 && store.values(up) == [2])
        #expect(store.append(to: handle, 2, at: .at(11)) == .unknownSeries)
    }

    @Test("an old handle does not access the series that reuses its slot")
    func staleHandle() throws {
        var store = SeriesStore.large()
        let old = try store.handle(down)
        store.append(to: old, 1, at: .at(10))
        store.prune(before: .at(50))
        let new = try store.handle(up)
        #expect(new.number == old.number)
        #expect(new != old)
        store.append(to: new, 5, at: .at(60))
        #expect(store.append(to: old, 2, at: .at(61)) == .unknownSeries)
        #expect(store.values(up) == [5])
    }

    @Test("samples older than the last pruning are refused")
    func tooOld() throws {
        var store = SeriesStore.large()
        store.prune(before: .at(50))
        #expect(store.append(up, 1, at: .at(49)) == .tooOld)
        #expect(store.seriesCount == 0)
        #expect(store.append(up, 1, at: .at(50)) == .appended)
        store.prune(before: .at(20))
        #expect(store.append(down, 1, at: .at(49)) == .tooOld)
        let handle = try store.handle(down)
        #expect(store.append(to: handle, 1, at: .at(49)) == .tooOld)
    }

    @Test("the retention bounds a series that is never pruned")
    func retention() {
        var store = SeriesStore(retention: .seconds(600), maximumSeries: 1)
        for second in 0..<20_000 { store.append(up, 1, at: .at(second)) }
        #expect((600...900).contains(store.sampleCount))
        #expect(store.evictedSamplesTotal == 0)
    }

    @Test("the retention may be changed")
    func changedRetention() {
        var store = SeriesStore(retention: .seconds(10), maximumSeries: 1)
        store.retention = .seconds(100_000)
        for second in 0..<20_000 { store.append(up, 1, at: .at(second)) }
        #expect(store.sampleCount == 20_000)
    }

    @Test("a snapshot does not see later samples")
    func snapshot() {
        var store = SeriesStore.large()
        for second in 0..<130 { store.append(up, 1, at: .at(second)) }
        let snapshot = store
        for second in 130..<400 { store.append(up, 2, at: .at(second)) }
        store.prune(before: .at(300))
        store.append(down, 1, at: .at(400))
        #expect(snapshot.values(up) == Array(repeating: 1, count: 130))
        #expect(snapshot.seriesCount == 1)
        #expect(store.values(up).count == 100)
    }
}

struct WindowTests {
    private let up: Labels = ["__name__": "up"]

    @Test("windows are open on the left")
    func window() throws {
        var store = SeriesStore.large()
        for second in [10, 20, 30] { store.append(up, Double(second), at: .at(second)) }
        #expect(store.samples(up, after: .at(10), through: .at(30)).map(\.value) == [20, 30])
        #expect(store.samples(up, after: .at(30), through: .at(40)).isEmpty)
        let series = try store.handle(up)
        #expect(store.newestSample(of: series, after: .at(30), through: .at(60)) == nil)
        #expect(store.newestSample(of: series, after: .at(29), through: .at(60))?.value == 30)
        #expect(store.newestSample(of: series, after: .at(0), through: .at(29))?.value == 20)
        #expect(store.newestSample(of: series, after: .at(0), through: .at(9)) == nil)
    }

    @Test("a staleness marker ends the series until it returns")
    func stalenessMarker() throws {
        var store = SeriesStore.large()
        store.append(up, 1, at: .at(10))
        store.append(up, Staleness.marker, at: .at(20))
        let series = try store.handle(up)
        #expect(store.newestSample(of: series, after: .at(0), through: .at(19))?.value == 1)
        #expect(store.newestSample(of: series, after: .at(0), through: .at(30)) == nil)
        store.append(up, 2, at: .at(40))
        #expect(store.newestSample(of: series, after: .at(0), through: .at(40))?.value == 2)
        #expect(store.newestSample(of: series, after: .at(0), through: .at(39)) == nil)
        #expect(store.values(up) == [1, 2])
        let raw = store.rawSamples(of: series, after: .at(0), through: .at(40))
        #expect(raw.map { Staleness.isMarker($0.value) } == [false, true, false])
    }

    @Test("an ordinary NaN is not a staleness marker")
    func ordinaryNaN() {
        #expect(!Staleness.isMarker(.nan))
        #expect(!Staleness.isMarker(.signalingNaN))
        #expect(Staleness.isMarker(Staleness.marker))
        #expect(Staleness.marker.bitPattern == 0x7ff0_0000_0000_0002)
    }
}
