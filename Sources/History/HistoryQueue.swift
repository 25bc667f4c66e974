import Series

/// Chunks that wait to be written, oldest first. It holds so many bytes at most: whoever puts in
/// more loses the oldest.
struct HistoryQueue: Sendable {
    private var chunks: [SeriesChunk] = []
    /// The chunks before this one were taken.
    private var head = 0
    private var bytes = 0
    var maximumBytes: Int

    init(maximumBytes: Int) {
        self.maximumBytes = maximumBytes
    }

    var isEmpty: Bool { head == chunks.count }

    /// - Returns: how many samples were dropped.
    mutating func put(_ new: [SeriesChunk]) -> Int {
        chunks += new
        bytes += new.reduce(0) { $0 + $1.size }
        return dropExcess()
    }

    /// Puts back what was taken last and not written.
    mutating func putBack(_ taken: [SeriesChunk]) -> Int {
        chunks.replaceSubrange(..<head, with: taken)
        head = 0
        bytes += taken.reduce(0) { $0 + $1.size }
        return dropExcess()
    }

    mutating func take(_ maximumCount: Int) -> [SeriesChunk] {
        let taken = Array(chunks[head...].prefix(maximumCount))
        head += taken.count
        bytes -= taken.reduce(0) { $0 + $1.size }
        release()
        return taken
    }

    /// - Returns: how many samples were dropped.
    mutating func removeAll() -> Int {
        defer { self = HistoryQueue(maximumBytes: maximumBytes) }
        return chunks[head...].reduce(0) { $0 + $1.chunk.sampleCount }
    }

    private mutating func dropExcess() -> Int {
        var dropped = 0
        while bytes > maximumBytes, head < chunks.count {
            dropped += chunks[head].chunk.sampleCount
            bytes -= chunks[head].size
            head += 1
        }
        release()
        return dropped
    }

    /// Frees the memory of taken chunks, now and then, because it moves all others.
    private mutating func release() {
        guard head > chunks.count / 2 else { return }
        chunks.removeFirst(head)
        head = 0
    }
}

extension SeriesChunk {
    /// About how many bytes it takes in memory. Its labels are the store's.
    fileprivate var size: Int { chunk.byteCount + 64 }
}
