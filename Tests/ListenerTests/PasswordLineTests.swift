import Testing

@testable import Listener

/// Passwords that wait, by a name for each, and the order in which they are answered.
private struct Line {
    var line: PasswordLine
    private var labels: [ObjectIdentifier: String] = [:]
    private var departures: [String: Completion] = [:]

    init(maximum: Int = 1000, maximumPerNetwork: Int = 1000) {
        line = PasswordLine(maximum: maximum, maximumPerNetwork: maximumPerNetwork)
    }

    /// Returns the label of the entry that had to make room.
    @discardableResult
    mutating func add(
        _ label: String,
        _ name: String,
        isKnown: Bool = false,
        from address: String = "192.0.2.1"
    ) throws -> String? {
        let hash = try BcryptHash("$2b$04$" + String(repeating: ".", count: 53))
        let departure = Completion()
        labels[ObjectIdentifier(departure)] = label
        departures[label] = departure
        let dropped = line.add(
            PasswordLine.Entry(
                check: PasswordCheck(
                    name: name,
                    password: [],
                    hash: hash,
                    isKnown: isKnown,
                    highestCost: 4
                ),
                network: ClientNetwork(address),
                departure: departure
            ) { _ in }
        )
        return dropped.flatMap { labels[ObjectIdentifier($0.departure)] }
    }

    mutating func remove(_ label: String, from address: String = "192.0.2.1") -> Bool {
        departures[label].flatMap {
            line.remove(from: ClientNetwork(address), departure: $0)
        } != nil
    }

    struct Answer: Equatable {
        var label: String
        /// Checks that ran before the answer, including its own.
        var checks: Int
    }

    /// Takes one turn; returns the answer, if one is given.
    mutating func turn(_ checks: inout Int, right: Set<String>) -> Answer?? {
        guard let turn = line.next() else { return nil }
        switch turn {
        case .answer(let entry):
            checks += 1
            return .some(
                Answer(label: labels[ObjectIdentifier(entry.departure)] ?? "", checks: checks)
            )
        case .refuse(let entry):
            return .some(
                Answer(label: labels[ObjectIdentifier(entry.departure)] ?? "", checks: checks)
            )
        case .tryEarly(let entry):
            checks += 1
            let label = labels[ObjectIdentifier(entry.departure)] ?? ""
            guard right.contains(label),
                line.remove(from: entry.network, departure: entry.departure) != nil
            else { return .some(nil) }
            return .some(Answer(label: label, checks: checks))
        }
    }

    mutating func answers(right: Set<String> = []) -> [Answer] {
        var checks = 0
        var answers: [Answer] = []
        while let answer = turn(&checks, right: right) {
            if let answer { answers.append(answer) }
        }
        return answers
    }
}

private func position(_ label: String, in answers: [Line.Answer]) -> Int {
    answers.first { $0.label == label }?.checks ?? .max
}

@Suite("Passwords that wait")
struct PasswordLineTests {
    @Test("are all answered, each once")
    func complete() throws {
        var line = Line()
        for number in 0..<100 {
            try line.add(
                "\(number)",
                "user\(number % 7)",
                isKnown: number % 3 == 0,
                from: "192.0.2.\(number % 5)"
            )
        }
        let answers = line.answers(right: ["3", "50", "99"])
        #expect(Set(answers.map(\.label)).count == 100 && answers.count == 100)
        #expect(line.line.count == 0)
    }

    @Test("wait for those of other addresses in turn only")
    func addressesTakeTurns() throws {
        var line = Line()
        for number in 0..<60 { try line.add("a\(number)", "x\(number)", from: "192.0.2.1") }
        for number in 0..<60 { try line.add("b\(number)", "scraper", isKnown: true, from: "::1") }
        try line.add("mine", "y", from: "192.0.2.9")
        let answers = line.answers()
        #expect(position("mine", in: answers) <= 3)
    }

    @Test("are those of a user behind a guesser's address: they wait for one other at most")
    func userBehindGuesser() throws {
        for guesses in ["unknown names", "one unknown name", "another user"] {
            var line = Line()
            for number in 0..<60 {
                switch guesses {
                case "unknown names": try line.add("\(number)", "x\(number)")
                case "one unknown name": try line.add("\(number)", "x")
                default: try line.add("\(number)", "admin", isKnown: true)
                }
            }
            try line.add("right", "scraper", isKnown: true)
            let answers = line.answers(right: ["right"])
            #expect(position("right", in: answers) <= 3, "\(guesses)")
        }
    }

    @Test("do not wait for ever while others come in, neither the oldest nor the newest")
    func floods() throws {
        for isKnown in [true, false] {
            var line = Line()
            for number in 0..<50 { try line.add("before \(number)", "scraper", isKnown: isKnown) }
            try line.add("middle", "scraper", isKnown: isKnown)
            var checks = 0
            var rounds = 0
            var isAnswered = false
            // Two come for each that is answered.
            while !isAnswered, rounds < 400 {
                rounds += 1
                try line.add("later \(rounds)", "scraper", isKnown: isKnown)
                try line.add("and \(rounds)", "scraper", isKnown: isKnown)
                let answer = line.turn(&checks, right: ["middle"])
                if case .some(.some(let answer)) = answer { isAnswered = answer.label == "middle" }
            }
            // The oldest have every other turn, of which users have every other one.
            #expect(isAnswered && rounds <= 220)
        }
    }

    @Test("take as long for a user as for an unknown name, if they are wrong")
    func namesAreNotToldApart() throws {
        for before in 0..<12 {
            for after in 0..<12 {
                let positions = try [true, false].map { isKnown in
                    var line = Line()
                    for number in 0..<before { try line.add("before \(number)", "x\(number)") }
                    try line.add("guess", "scraper", isKnown: isKnown)
                    for number in 0..<after { try line.add("after \(number)", "y\(number)") }
                    return position("guess", in: line.answers())
                }
                // Checked early or not, it costs one check; at most one more runs before it.
                #expect(abs(positions[0] - positions[1]) <= 1, "\(before) \(after) \(positions)")
            }
        }
    }

    @Test("make room when there are too many: the oldest of the name with the most")
    func addressIsFull() throws {
        var line = Line(maximumPerNetwork: 4)
        for (label, name) in [("1", "a"), ("2", "b"), ("3", "b"), ("4", "c")] {
            try line.add(label, name)
        }
        var dropped = try line.add("5", "d")
        #expect(dropped == "2")
        dropped = try line.add("6", "e")
        #expect(dropped == "1")
        dropped = try line.add("other", "f", from: "192.0.2.2")
        #expect(dropped == nil)
        #expect(line.line.count == 5)
    }

    @Test("make room when there are too many: the oldest of the address with the most")
    func allIsFull() throws {
        var line = Line(maximum: 5)
        for number in 0..<4 {
            try line.add("a\(number)", "x\(number)", from: "2001:db8::\(number)")
        }
        var dropped = try line.add("b", "y", from: "2001:db8:0:1::1")
        #expect(dropped == nil)
        dropped = try line.add("c", "y", from: "2001:db8:0:2::1")
        #expect(dropped == "a0")
        dropped = try line.add("c2", "y", from: "2001:db8:0:2::2")
        #expect(dropped == "a1")
        #expect(line.line.count == 5)
    }

    @Test("are forgotten with their client")
    func withdrawn() throws {
        var line = Line()
        try line.add("1", "a")
        try line.add("2", "a", isKnown: true)
        let results = [
            line.remove("1", from: "192.0.2.2"), line.remove("1"), line.remove("1"),
        ]
        #expect(results == [false, true, false])
        let answers = line.answers()
        #expect(answers.map(\.label) == ["2"])
    }
}

@Test(
    "addresses of one /64 network are one client, and IPv4 addresses one each",
    arguments: [
        ("2001:db8::1", "2001:db8::ffff:2", true), ("2001:db8:0:1::1", "2001:db8:0:2::1", false),
        ("fe80::1%eth0", "fe80::2%eth1", true), ("192.0.2.1", "192.0.2.2", false),
        ("192.0.2.1", "192.0.2.1", true), ("::1", "192.0.2.1", false), ("", "", true),
    ]
)
func networks(left: String, right: String, areSame: Bool) {
    #expect((ClientNetwork(left) == ClientNetwork(right)) == areSame)
}
