import NIOCore

/// The head of a request while it arrives: its size, its time and its memory.
extension ConnectionHandler {
    /// Heads of this size are always read. Larger ones share memory.
    private static let smallHeadBytes = 4 << 10

    func bytesWillBeParsed() {
        guard case .idle = phase else { return }
        phase = .readingHead
        lastProgress = .now()
        headBytes = 0
        hasReadRequest = false
        setDeadline(limits.headTimeout) {
            $0.refuse(.timeout, 408, "timeout while reading the request head")
        }
    }

    func bytesWereParsed(_ count: Int) {
        guard case .readingHead = phase else { return }
        headBytes += count
        guard headBytes <= limits.maximumHeadBytes else { return refuseHead() }
        let missing = headBytes - Self.smallHeadBytes - reservedHeadBytes
        guard missing > 0 else { return }
        guard core.reserveHead(missing) || table.makeRoom(forHead: missing, of: self) else {
            return refuse(.busy, 503, "too much memory in use by request heads, try again later")
        }
        reservedHeadBytes += missing
    }

    /// A head is kept until its request has been answered.
    func releaseHead() {
        guard reservedHeadBytes > 0 else { return }
        core.releaseHead(reservedHeadBytes)
        reservedHeadBytes = 0
    }
}
