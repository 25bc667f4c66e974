package import Time

/// An asynchronous task inside a graph, as the graph's own job list shows it (GES API page 0204).
package struct SimulatedTask: Hashable, Sendable {
    package enum Course: Hashable, Sendable {
        /// Runs forever at this progress, in percent.
        case stalled(percent: Int)
        /// Progresses from 0 to 100 percent until that time, evenly or once every `step`.
        case finishing(at: Timestamp, step: Duration? = nil)
        /// Ended at that time without success, by a restart or a cancellation.
        case failed(at: Timestamp, progressPercent: Int, reason: String)
    }

    package let id: String
    package let type: String
    package let begin: Timestamp
    package var course: Course

    package init(id: String, type: String, begin: Timestamp, course: Course) {
        self.id = id
        self.type = type
        self.begin = begin
        self.course = course
    }

    /// Algorithms, filters and the builds of indices can be cancelled.
    package var canBeCancelled: Bool {
        let word = type.lowercased()
        return ["algorithm", "filter", "index", "vertexquery", "edgequery"].contains {
            word.contains($0)
        }
    }

    /// The request that began it. Like a real one it holds keys of the user, which a client must
    /// not keep.
    package var rawRequest: String {
        type == "Algorithm"
            ? #"{"algorithmName":"pagerank","parameters":{"alpha":0.85}}"#
            : #"{"edgesetPath":"demo/edges.csv","obsParameters":"#
                + #"{"accessKey":"USERKEY0PLANTED","secretKey":"UserSecret0Planted"}}"#
    }

    /// 0 to 100.
    package func progressPercent(at instant: Timestamp) -> Int {
        switch course {
        case .stalled(let percent): return percent
        case .failed(_, let percent, _): return percent
        case .finishing(let end, let step):
            let whole = end.milliseconds - begin.milliseconds
            guard whole > 0, instant < end else { return 100 }
            var passed = max(0, instant.milliseconds - begin.milliseconds)
            if let step { passed -= passed % max(1, step.wholeMilliseconds) }
            return Int(passed * 100 / whole)
        }
    }

    func isRunning(at instant: Timestamp) -> Bool {
        switch course {
        case .stalled: true
        case .finishing(let end, _): instant < end
        case .failed: false
        }
    }

    /// The status as the service spells it.
    func status(at instant: Timestamp) -> String {
        switch course {
        case .failed: "failed"
        default: isRunning(at: instant) ? "running" : "success"
        }
    }

    func end(at instant: Timestamp) -> Timestamp? {
        switch course {
        case .stalled: nil
        case .finishing(let end, _): instant < end ? nil : end
        case .failed(let end, _, _): end
        }
    }

    /// It never advances again.
    mutating func stall(at instant: Timestamp) {
        guard isRunning(at: instant) else { return }
        course = .stalled(percent: progressPercent(at: instant))
    }

    mutating func fail(at instant: Timestamp, reason: String) {
        guard isRunning(at: instant) else { return }
        course = .failed(
            at: instant,
            progressPercent: progressPercent(at: instant),
            reason: reason
        )
    }
}
