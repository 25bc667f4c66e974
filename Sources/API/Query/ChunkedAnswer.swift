import Listener
import Synchronization

/// A large response that is encoded part by part, at the pace of the client, instead of as a whole.
struct ChunkedAnswer: Sendable {
    /// The number of elements: series, samples or lines.
    let count: Int
    /// About how many bytes the text has.
    let estimatedBytes: Int
    /// The memory that the elements take until they are sent.
    let heldBytes: Int
    /// What precedes the elements and what follows them.
    let head: [UInt8]
    let tail: [UInt8]
    /// Encodes some elements. Called with successive ranges.
    let encode: @Sendable (Range<Int>) -> [UInt8]

    /// Smaller answers are sent as a whole, which allows compression.
    private static let wholeMaximumBytes = 256 << 10
    /// A part has about this size, or that of its one element if that is larger.
    private static let partBytes = 64 << 10

    /// - Parameters:
    ///   - budget: reserved for as long as the answer is being sent.
    ///   - turns: a part is encoded in a turn. Not held meanwhile: waiting for the client may take
    ///     long.
    func reply(
        _ response: ServerResponse,
        within budget: AnswerBudget,
        _ turns: TurnTaking
    ) throws(QueryFailure) -> Reply {
        guard estimatedBytes > Self.wholeMaximumBytes else {
            var response = response
            response.body = head + encode(0..<count) + tail
            return .response(response)
        }
        let reservation = try budget.reserve(heldBytes)
        return .stream(response) { [self] stream in
            defer { withExtendedLifetime(reservation) {} }
            return await write(to: stream, turns)
        }
    }

    private func write(to stream: ResponseStream, _ turns: TurnTaking) async -> Bool {
        guard await stream.write(head) else { return false }
        let step = max(1, Self.partBytes / max(1, estimatedBytes / max(1, count)))
        for start in stride(from: 0, to: count, by: step) {
            let part = turns.turn { encode(start..<min(start + step, count)) }
            guard await stream.write(part) else { return false }
        }
        return await stream.write(tail)
    }
}

/// Bounds the memory of all answers that are being sent: clients that read slowly or not at all
/// must not make the agent hold one result for each of them.
final class AnswerBudget: Sendable {
    /// Gives the bytes back when it is released, so that no way of ending a response can forget to.
    final class Reservation: Sendable {
        private let budget: AnswerBudget
        private let bytes: Int

        fileprivate init(_ budget: AnswerBudget, _ bytes: Int) {
            self.budget = budget
            self.bytes = bytes
        }

        deinit {
            let bytes = bytes
            budget.used.withLock { $0 -= bytes }
        }
    }

    let maximumBytes: Int
    private let used = Mutex(0)

    init(maximumBytes: Int) {
        self.maximumBytes = maximumBytes
    }

    var usedBytes: Int { used.withLock { $0 } }

    /// An answer larger than the whole budget is sent if no other is.
    func reserve(_ bytes: Int) throws(QueryFailure) -> Reservation {
        let isGranted = used.withLock { used in
            guard used == 0 || used + bytes <= maximumBytes else { return false }
            used += bytes
            return true
        }
        guard isGranted else {
            throw QueryFailure(
                kind: .unavailable,
                text: "answers of \(maximumBytes >> 20) MiB are already being sent to clients that"
                    + " have not read them; retry later or ask for less"
            )
        }
        return Reservation(self, bytes)
    }
}
