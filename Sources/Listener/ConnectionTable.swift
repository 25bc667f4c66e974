import NIOCore

/// The open connections of a server, and which of them has to go when places or memory run out.
///
/// Confined to the event loop. A server has at most `maximumConnections` of them, so a search
/// through all takes microseconds.
final class ConnectionTable {
    private struct Entry {
        let network: ClientNetwork
        /// nil until the connection is set up.
        var handler: ConnectionHandler?
    }

    private let core: ServerCore
    private var sharedBodies = SharedBodyTable()
    private var entries: [ObjectIdentifier: Entry] = [:]
    private var countByNetwork: [ClientNetwork: Int] = [:]

    init(core: ServerCore) {
        self.core = core
    }

    private var limits: HTTPServerConfiguration { core.configuration }

    // MARK: Places

    /// Whether a new connection may be accepted: a place is free or can be freed, also among those
    /// whose TLS handshake is not finished.
    var mayAccept: Bool {
        guard
            core.handshakes < limits.maximumHandshakes
                || entries.values.contains(where: isStalledHandshake)
        else { return false }
        return entries.count < limits.maximumConnections || !victims.isEmpty
    }

    /// Frees a place if there is none, for all or for this address. Returns false if the new
    /// connection must be closed instead. One for which there was a place when the listener began
    /// to wait for it is let in even if all others have become busy since.
    func makeRoom(for address: String) -> Bool {
        let network = ClientNetwork(address)
        guard makeRoomForHandshake(of: network) else { return false }
        if countByNetwork[network, default: 0] >= limits.maximumConnectionsPerAddress {
            let own = entries.values.filter { $0.network == network }
            let new = own.filter { isNew($0.handler) }
            return evict(own.filter { isVictim($0.handler) && isStranger($0) })
                || evict(new.filter(isStranger))
                || evict(own.filter { isVictim($0.handler) }) || evict(new)
        }
        if entries.count >= limits.maximumConnections { evict(victims) }
        return true
    }

    /// The connections that may be closed for a new one: those of strangers, and others only if no
    /// stranger's will be one in a moment.
    private var victims: [Entry] {
        let all = entries.values.filter { isVictim($0.handler) }
        let strangers = all.filter(isStranger)
        let mayWait = entries.values.contains { isStranger($0) && isNew($0.handler) }
        return strangers.isEmpty && !mayWait ? all : strangers
    }

    private func isStranger(_ entry: Entry) -> Bool { entry.handler?.isAuthenticated != true }

    /// A handshake takes about a millisecond of the event loop, so that many at once would delay
    /// everybody else.
    private func makeRoomForHandshake(of network: ClientNetwork) -> Bool {
        guard core.handshakes > 0 else { return true }
        let count = entries.values.count {
            $0.network == network && $0.handler?.isHandshaking == true
        }
        if count >= limits.maximumHandshakesPerAddress {
            let own = entries.values.filter { $0.network == network }
            return evict(own.filter(isStalledHandshake))
        }
        if core.handshakes >= limits.maximumHandshakes {
            evict(entries.values.filter(isStalledHandshake))
        }
        return true
    }

    private func isStalledHandshake(_ entry: Entry) -> Bool {
        guard let handler = entry.handler, handler.isHandshaking else { return false }
        return isStalled(handler)
    }

    func opened(_ channel: any Channel, from address: String) {
        let network = ClientNetwork(address)
        entries[ObjectIdentifier(channel)] = Entry(network: network)
        countByNetwork[network, default: 0] += 1
    }

    func add(_ handler: ConnectionHandler, _ channel: any Channel) {
        let identifier = ObjectIdentifier(channel)
        if entries[identifier] == nil { opened(channel, from: handler.remoteAddress) }
        entries[identifier]?.handler = handler
    }

    func remove(_ channel: any Channel) {
        guard let entry = entries.removeValue(forKey: ObjectIdentifier(channel)) else { return }
        let count = countByNetwork[entry.network, default: 0] - 1
        countByNetwork[entry.network] = count > 0 ? count : nil
    }

    /// Closes the connection that is missed least: one without valid credentials before one with,
    /// of the address with the most connections, one that does nothing before one in the middle of
    /// a request, and the oldest.
    @discardableResult
    private func evict(_ candidates: [Entry]) -> Bool {
        let victim = candidates.min { left, right in rank(left) < rank(right) }
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
            handler.isAuthenticated ? 1 : 0, -countByNetwork[entry.network, default: 0], phase,
            handler.lastProgress
        )
    }

    /// Frees a place among the requests in flight by closing a connection whose client does not
    /// read what a handler streams to it. Returns false if there is none.
    func makeRoom(forRequestTo route: Route) -> Bool {
        guard !route.isExemptFromLimits else { return false }
        let victim = slowest(except: nil) { handler in
            guard case .responding(let exchange?) = handler.phase, handler.occupiesPlace,
                !exchange.route.isExemptFromLimits, !handler.awaitsHandler,
                exchange.route.isInPool || !route.isInPool
            else { return 0 }
            return 1
        }
        guard let victim else { return false }
        core.evicted(.slowReader)
        victim.releasePlace()
        victim.closeAtOnce()
        return true
    }

    // MARK: Memory

    /// Reserves memory for part of a head by refusing heads that have been on their way for a
    /// while. Returns false if there are none.
    func makeRoom(forHead count: Int, of connection: ConnectionHandler) -> Bool {
        while let victim = slowest(except: connection, bytes: Self.headBytes) {
            core.evicted(.slowHead)
            victim.releaseHead()
            victim.refuse(.timeout, 408, "the head was too slow while memory was short")
            if core.reserveHead(count) { return true }
        }
        return false
    }

    private static func headBytes(_ handler: ConnectionHandler) -> Int {
        if case .readingHead = handler.phase { handler.reservedHeadBytes } else { 0 }
    }

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

    /// Reserves memory for a shared body, once for all who read it. If there is none, those who
    /// read the oldest other body and are stalled are disconnected; if twice the memory is used up,
    /// those who read the oldest, however fast. The body itself is sent in any case.
    func hold(_ body: SharedBody, for connection: ConnectionHandler) {
        guard !sharedBodies.join(body, connection) else { return }
        while !core.reserveResponse(body.count, isExempt: true) {
            let isUrgent = core.isExemptMemoryUsedTwice(with: body.count)
            let holders = sharedBodies.holdersOfOldest { isUrgent || isStalled($0) }
            guard let holders else {
                core.reserveExemptResponse(body.count)
                break
            }
            for holder in holders {
                core.evicted(.slowReader)
                holder.releaseResponse()
                holder.closeAtOnce()
            }
        }
        sharedBodies.insert(body, connection)
    }

    func release(_ body: SharedBody, of connection: ConnectionHandler) {
        let count = sharedBodies.leave(body, connection)
        if count > 0 { core.releaseResponse(count, isExempt: true) }
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

    /// Of those that hold something and are stalled: without credentials first, then of the address
    /// that holds the most, then the oldest.
    private func slowest(
        except connection: ConnectionHandler?,
        bytes: (ConnectionHandler) -> Int
    ) -> ConnectionHandler? {
        var byNetwork: [ClientNetwork: Int] = [:]
        var candidates: [Entry] = []
        for entry in entries.values {
            guard let handler = entry.handler else { continue }
            let count = bytes(handler)
            guard count > 0 else { continue }
            byNetwork[entry.network, default: 0] += count
            if handler !== connection, isStalled(handler) { candidates.append(entry) }
        }
        let rank = { (entry: Entry) in
            (
                entry.handler?.isAuthenticated == true ? 1 : 0,
                -byNetwork[entry.network, default: 0],
                entry.handler?.lastProgress ?? .distantFuture
            )
        }
        return candidates.min { rank($0) < rank($1) }?.handler
    }
}
