import Time

/// What one reading of a sign says.
package enum Word: String, Hashable, Sendable, Codable {
    /// A probe was answered.
    case alive
    /// Progress was seen.
    case advancing
    /// A probe was not answered, or the engine behind the answer does not work.
    case silent
    /// Progress can be seen, and there was none.
    case still
    case cannotTell = "cannot_tell"
}

/// The readings of one sign, oldest first, as runs of equal readings: a graph that is well for days
/// has one run.
struct SignHistory: Hashable, Sendable {
    struct Run: Hashable, Sendable {
        let word: Word
        /// What came back; nil for a sign that is derived from a successful reading.
        let answer: Answer?
        var first: Timestamp
        var last: Timestamp
        var count: Int
    }

    private(set) var runs: [Run] = []

    /// Older runs are dropped. A sign that changes with every reading keeps half an hour.
    private static let maximumRuns = 64

    mutating func append(_ word: Word, _ answer: Answer? = nil, at: Timestamp) {
        if let last = runs.indices.last, runs[last].word == word, runs[last].answer == answer {
            runs[last].last = at
            runs[last].count += 1
            return
        }
        if runs.count == Self.maximumRuns { runs.removeFirst() }
        runs.append(Run(word: word, answer: answer, first: at, last: at, count: 1))
    }

    var newest: Run? { runs.last }

    /// The newest reading that tells something.
    var newestTelling: Run? { runs.last { $0.word != .cannotTell } }

    mutating func shift(by jump: Duration) {
        for index in runs.indices {
            runs[index].first = runs[index].first + jump
            runs[index].last = runs[index].last + jump
        }
    }

    /// How many readings at or after `start` said the word.
    func count(of word: Word, since start: Timestamp) -> Int {
        var count = 0
        for run in runs.reversed() where run.word == word && run.last >= start {
            count += run.count(since: start)
        }
        return count
    }

    /// The words of the newest `count` telling readings at or after `start`, newest first. Readings
    /// that cannot tell are skipped, as long as they are not more than the others.
    func newestTelling(_ count: Int, since start: Timestamp) -> [Word] {
        var words: [Word] = []
        var skipped = 0
        for run in runs.reversed() {
            let readings = run.count(since: start)
            guard readings > 0 else { break }
            guard run.word != .cannotTell else {
                skipped += readings
                if skipped > count { break }
                continue
            }
            words += Array(repeating: run.word, count: min(readings, count - words.count))
            if words.count == count { break }
        }
        return words
    }

    /// Since when the newest telling readings have all said this word; nil if the newest does not.
    func since(_ word: Word) -> Timestamp? {
        var since: Timestamp?
        for run in runs.reversed() where run.word != .cannotTell {
            guard run.word == word else { break }
            since = run.first
        }
        return since
    }
}

extension SignHistory.Run {
    /// The readings of a run are about equally far apart.
    fileprivate func count(since start: Timestamp) -> Int {
        if first >= start { return count }
        guard last >= start, count > 1 else { return 0 }
        let span = max(1, (last - first).wholeMilliseconds)
        let part = (last - start).wholeMilliseconds
        return min(count, Int(clamping: part * Int64(count - 1) / span) + 1)
    }
}
