/// The passwords that wait for bcrypt, and whose turn it is. A value: who waits for how many others
/// can be counted without a clock.
///
/// Networks take turns, so that a client waits for its own guesses and not for those of others.
/// Within a network the newest and the oldest take turns: neither a flood nor patience keeps anyone
/// waiting for ever.
///
/// Every other turn of a network goes to a name that is a user, the users in rotation, so that one
/// who guesses at ever new names does not keep the scraper behind the same address waiting. That
/// must not tell which names are users: a wrong password that was checked early keeps its place in
/// the line and is refused when its turn comes. It has then taken the time of one check, like any
/// other.
struct PasswordLine {
    struct Entry: Sendable {
        let check: PasswordCheck
        let network: ClientNetwork
        /// The client's departure; tells entries apart.
        let departure: Completion
        let answer: @Sendable (PasswordQueue.Answer) -> Void
        /// Whether the password has been checked early and is wrong.
        fileprivate(set) var isWrong = false

        init(
            check: PasswordCheck,
            network: ClientNetwork,
            departure: Completion,
            answer: @escaping @Sendable (PasswordQueue.Answer) -> Void
        ) {
            self.check = check
            self.network = network
            self.departure = departure
            self.answer = answer
        }
    }

    enum Turn {
        /// To be checked and answered. It has left the line.
        case answer(Entry)
        /// To be refused. It has left the line.
        case refuse(Entry)
        /// To be checked; if right, removed and answered. It stays in the line.
        case tryEarly(Entry)
    }

    /// Those of one network, oldest first.
    private struct Queue {
        var entries: [Entry] = []
        var isTurnOfUsers = true
        var isTurnOfNewest = true
        /// Users in the order of their turns, with whether the newest of each is next.
        var users: [(name: String, takesNewest: Bool)] = []
    }

    private let maximum: Int
    private let maximumPerNetwork: Int
    private var queues: [ClientNetwork: Queue] = [:]
    /// Networks with waiting entries, the next one first.
    private var turns: [ClientNetwork] = []
    private(set) var count = 0

    init(maximum: Int, maximumPerNetwork: Int) {
        self.maximum = maximum
        self.maximumPerNetwork = maximumPerNetwork
    }

    // MARK: Coming and going

    /// Returns the entry that had to make room: of the network and then the name with the most, the
    /// oldest.
    mutating func add(_ entry: Entry) -> Entry? {
        var dropped: Entry?
        if queues[entry.network]?.entries.count ?? 0 >= maximumPerNetwork {
            dropped = drop(from: entry.network)
        } else if count >= maximum, let largest = largestNetwork {
            dropped = drop(from: largest)
        }
        if queues[entry.network] == nil { turns.append(entry.network) }
        var queue = queues[entry.network] ?? Queue()
        queue.entries.append(entry)
        if entry.check.isKnown, !queue.users.contains(where: { $0.name == entry.check.name }) {
            queue.users.append((entry.check.name, true))
        }
        queues[entry.network] = queue
        count += 1
        return dropped
    }

    mutating func remove(from network: ClientNetwork, departure: Completion) -> Entry? {
        let index = queues[network]?.entries.firstIndex { $0.departure === departure }
        return index.flatMap { remove(at: $0, from: network) }
    }

    private mutating func remove(at index: Int, from network: ClientNetwork) -> Entry? {
        guard let entry = queues[network]?.entries.remove(at: index) else { return nil }
        count -= 1
        if queues[network]?.entries.isEmpty ?? true {
            queues[network] = nil
            turns.removeAll { $0 == network }
        }
        return entry
    }

    private var largestNetwork: ClientNetwork? {
        // The first in turn of those with the most: it has had its turn longest ago.
        var largest: (network: ClientNetwork, count: Int)?
        for network in turns {
            let count = queues[network]?.entries.count ?? 0
            if count > largest?.count ?? 0 { largest = (network, count) }
        }
        return largest?.network
    }

    private mutating func drop(from network: ClientNetwork) -> Entry? {
        let entries = queues[network]?.entries ?? []
        var countByName: [String: Int] = [:]
        for entry in entries { countByName[entry.check.name, default: 0] += 1 }
        let most = countByName.values.max()
        let index = entries.firstIndex { countByName[$0.check.name] == most }
        return index.flatMap { remove(at: $0, from: network) }
    }

    // MARK: Turns

    mutating func next() -> Turn? {
        guard let network = turns.first, var queue = queues[network] else { return nil }
        turns.removeFirst()
        turns.append(network)
        queue.isTurnOfUsers.toggle()
        if !queue.isTurnOfUsers, let index = Self.nextOfUsers(in: &queue) {
            let entry = queue.entries[index]
            queue.entries[index].isWrong = true
            queues[network] = queue
            return .tryEarly(entry)
        }
        let index = queue.isTurnOfNewest ? queue.entries.count - 1 : 0
        queue.isTurnOfNewest.toggle()
        queues[network] = queue
        return remove(at: index, from: network).map { $0.isWrong ? .refuse($0) : .answer($0) }
    }

    /// The entry of the user whose turn it is among those that have not been checked.
    private static func nextOfUsers(in queue: inout Queue) -> Int? {
        while !queue.users.isEmpty {
            var user = queue.users.removeFirst()
            let isNext = { (entry: Entry) in !entry.isWrong && entry.check.name == user.name }
            let index =
                user.takesNewest
                ? queue.entries.lastIndex(where: isNext) : queue.entries.firstIndex(where: isNext)
            // A user without such an entry comes back with the next one.
            guard let index else { continue }
            user.takesNewest.toggle()
            queue.users.append(user)
            return index
        }
        return nil
    }
}
