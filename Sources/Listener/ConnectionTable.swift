import NIOCore

/// The open connections of a server, and which of them has to go when places or memory run out.
///
/// Confined to the event loop. A server has at most `maximumConnections` of them, so a search
/// through all takes microseconds.
final class ConnectionTable {
    private struct Entry {
        let address: String
        /// nil until the connection is set up.
        var handler: ConnectionHandler?
    }

    private let core: ServerCore
    private var entries: [ObjectIdentifier: Entry] = [:]
    private var countByAddress: [String: Int] = [:]

    init(core: ServerCore) {
        self.core = core
    }

    private var limits: HTTPServerConfiguration { core.configuration }

    // MARK: Places

    /// Whether a new connection may be accepted: a place is free or can be freed.
    var mayAccept: Bool {
        entries.count < limits.maximumConnections
            || entries.values.contains { isVictim($0.handler) }
    }

    /// Frees a place if there is none, for all or for this address. Returns false if the new
    /// connection must be closed instead. One for which there was a place when the listener began
    /// to wait for it is let in even if all others have become busy since.
    func makeRoom(for address: String) -> Bool {
        if countByAddress[address, default: 0] >= limits.maximumConnectionsPerAddress {
            return evict { $0.address == address && isVictim($0.handler) }
                || evict { $0.address == address && isNew($0.handler) }
        }
        if entries.count >= limits.maximumConnections { evict { isVictim($0.handler) } }
        return true
    }

    func opened(_ channel: any Channel, from address: String) {
        entries[ObjectIdentifier(channel)] = Entry(address: address)
        countByAddress[address, default: 0] += 1
    }

    func add(_ handler: ConnectionHandler, _ channel: any Channel) {
        let identifier = ObjectIdentifier(channel)
        if entries[identifier] == nil { opened(channel, from: handler.remoteAddress) }
        entries[identifier]?.handler = handler
    }

    func remove(_ channel: any Channel) {
        guard let entry = entries.removeValue(forKey: ObjectIdentifier(channel)) else { return }
        let count = countByAddress[entry.address, default: 0] - 1
        countByAddress[entry.address] = count > 0 ? count : nil
    }

    /// Closes the connection that is missed least: one without valid credentials before one with,
    /// of the address with the most connections, one that does nothing before one in the middle of
    /// a request, and the oldest.
    @discardableResult
    private func evict(_ isCandidate: (Entry) -> Bool) -> Bool {
        let victim = entries.values.filter(isCandidate)
            .min { left, right in rank(left) < rank(right) }
        guard let handler = victim?.handler, let channel = handler.context?.channel else {
            return false
        }
        core.evicted(.placeNeeded)
        remove(channel)
        handler.closeAtOnce()
        return true
    }

    private func isVictim(_ handler: ConnectionHandler?) -> Bool {
        guard let handler else { return false }
        return switch handler.phase {
        case .idle: !isNew(handler)
        case .readingHead, .authenticating, .readingBody, .lingering: true
        case .responding: isStalled(handler) && !handler.awaitsHandler
        case .handling, .takenOver, .closed: false
        }
    }

    /// Whether the connection has been idle so briefly that its next request may be on its way.
    private func isNew(_ handler: ConnectionHandler?) -> Bool {
        guard let handler, case .idle = handler.phase else { return false }
        return NIODeadline.now() - handler.lastProgress < Self.newTime
    }

    private static let newTime = TimeAmount.milliseconds(100)

    private func isStalled(_ handler: ConnectionHandler) -> Bool {
        NIODeadline.now() - handler.lastProgress >= TimeAmount(limits.stallTime)
    }

    private func rank(_ entry: Entry) -> (Int, Int, Int, NIODeadline) {
        guard let handler = entry.handler else { return (1, 0, 0, .distantFuture) }
        let phase =
            switch handler.phase {
            case .lingering: 0
            case .idle: 1
            case .readingHead, .authenticating: 2
            case .readingBody: 3
            case .responding, .handling, .takenOver, .closed: 4
            }
        return (
            handler.isAuthenticated ? 1 : 0, -countByAddress[entry.address, default: 0], phase,
            handler.lastProgress
        )
    }

    // MARK: Memory

    /// Reserves memory for part of a body by refusing bodies that have been on their way for a
    /// while. Returns false if there are none.
    func makeRoom(forBody count: Int, of connection: ConnectionHandler) -> Bool {
        while let victim = slowest(except: connection, bytes: Self.bodyBytes) {
            core.evicted(.slowBody)
            victim.refuse(.timeout, 408, "the body was too slow while memory was short")
            if core.reserveBody(count, isSmall: false) { return true }
        }
        return false
    }

    /// Reserves memory for a response by closing connections whose clients read nothing. Returns
    /// false if there are none.
    ///
    /// - Parameter isExempt: whether the route is exempt from limits; its responses have memory of
    ///   their own.
    func makeRoom(
        forResponse count: Int,
        of connection: ConnectionHandler,
        isExempt: Bool
    ) -> Bool {
        let bytes = { Self.responseBytes($0, isExempt: isExempt) }
        while let victim = slowest(except: connection, bytes: bytes) {
            core.evicted(.slowReader)
            victim.releaseResponse()
            victim.closeAtOnce()
            if core.reserveResponse(count, isExempt: isExempt) { return true }
        }
        return false
    }

    private static func bodyBytes(_ handler: ConnectionHandler) -> Int {
        if case .readingBody(let exchange) = handler.phase { exchange.bodyBytes } else { 0 }
    }

    private static func responseBytes(_ handler: ConnectionHandler, isExempt: Bool) -> Int {
        guard case .responding(let exchange?) = handler.phase,
            exchange.route.isExemptFromLimits == isExempt
        else { return 0 }
        return handler.responseBytes
    }

    /// Of those that hold memory and are stalled: without credentials first, then of the address
    /// that holds the most, then the oldest.
    private func slowest(
        except connection: ConnectionHandler,
        bytes: (ConnectionHandler) -> Int
    ) -> ConnectionHandler? {
        var byAddress: [String: Int] = [:]
        var candidates: [(rank: (Int, NIODeadline), handler: ConnectionHandler)] = []
        for entry in entries.values {
            guard let handler = entry.handler else { continue }
            let count = bytes(handler)
            guard count > 0 else { continue }
            byAddress[entry.address, default: 0] += count
            guard handler !== connection, isStalled(handler) else { continue }
            candidates.append(((handler.isAuthenticated ? 1 : 0, handler.lastProgress), handler))
        }
        return candidates.min { left, right in
            let (leftBytes, rightBytes) = (
                -byAddress[left.handler.remoteAddress, default: 0],
                -byAddress[right.handler.remoteAddress, default: 0]
            )
            return (left.rank.0, leftBytes, left.rank.1) < (right.rank.0, rightBytes, right.rank.1)
        }?.handler
    }
}
