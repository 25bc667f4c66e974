import GESSimulator
import JSON
import Remediation
import StrictYAML
import Time

/// Reads the time line of a scenario.
struct EventReader {
    let jitter: Duration

    private static let agentOperations = [
        "stop_agent", "start_agent", "restart_agent", "kill_agent", "lose_ledger",
        "back_up_ledger", "restore_ledger", "reload", "alert", "wall_clock", "change_password",
        "pause", "suspend", "order", "fail_effect",
    ]
    private static let maximumEvents = 10_000

    func read(_ reader: YAMLMappingReader) -> [Scenario.Event] {
        var events = reader.value(
            "timeline",
            .list(of: event, count: 0...Self.maximumEvents),
            default: []
        )
        // An event must not be moved past a later one.
        let times = Set(events.map(\.at)).sorted()
        for index in events.indices {
            let next = times.first { $0 > events[index].at }
            guard let next else { continue }
            events[index].jitter = min(events[index].jitter, (next - events[index].at) / 2)
        }
        return events
    }

    private var event: YAMLType<Scenario.Event> {
        let placeholder = Scenario.Event(
            at: .zero,
            jitter: .zero,
            mark: .start,
            action: .agent(.stop),
            text: ""
        )
        return YAMLType.located(.dictionary(of: .anyNode)).converted(placeholder: placeholder) {
            located throws(YAMLProblem) in
            var members = Members(located.value)
            let at = try members.duration("at")
            let operation = try members.text("do")
            var text = operation
            for entry in members.rest { text += " \(entry.key)=\(entry.value.line)" }
            return Scenario.Event(
                at: at,
                jitter: jitter,
                mark: located.mark,
                action: try action(operation, &members),
                text: text
            )
        }
    }

    private func action(
        _ operation: String,
        _ members: inout Members
    ) throws(YAMLProblem) -> Scenario.Action {
        if Self.agentOperations.contains(operation) {
            let action = try agentAction(operation, &members)
            if let unknown = members.rest.first {
                throw YAMLProblem("\(operation): unknown key \"\(unknown.key)\"")
            }
            return .agent(action)
        }
        guard SimulatedCloud.controlOperations.contains(operation) else {
            let known = SimulatedCloud.controlOperations.union(Self.agentOperations).sorted()
            throw YAMLProblem(
                "unknown operation \"\(operation)\"; known: \(known.joined(separator: ", "))"
            )
        }
        guard SimulatedCloud.controlOperationsOnGraphs.contains(operation) else {
            return .control(operation, graphs: .none, members.json)
        }
        guard let graphs = members.take("graph")?.words else {
            throw YAMLProblem("\(operation): graph must be a name, a list of names, or all")
        }
        let subjects: Scenario.Subjects = graphs == ["all"] ? .all : .named(graphs)
        return .control(operation, graphs: subjects, members.json)
    }

    private func agentAction(
        _ operation: String,
        _ members: inout Members
    ) throws(YAMLProblem) -> Scenario.AgentAction {
        switch operation {
        case "start_agent": return .start
        case "restart_agent": return .restart
        case "kill_agent": return .kill
        case "lose_ledger": return .loseLedger
        case "back_up_ledger": return .backUpLedger
        case "restore_ledger": return .restoreLedger
        case "reload":
            return .reload(
                configuration: members.take("configuration"),
                rules: members.take("rules")?.text
            )
        case "alert":
            return .alert(
                Scenario.AlertText(
                    name: try members.text("alertname"),
                    graph: try members.text("graph"),
                    hang: members.take("hang")?.text ?? "unresponsive",
                    isResolved: members.take("resolved")?.text == "true"
                )
            )
        case "wall_clock":
            let text = try members.text("seconds")
            let isBack = text.hasPrefix("-")
            let jump = try Members.duration(isBack ? String(text.dropFirst()) : text)
            return .wallClock(isBack ? .zero - jump : jump)
        case "change_password": return .changePassword(try members.text("password"))
        case "pause":
            return .pause(graph: members.take("graph")?.text, try members.duration("seconds"))
        case "order": return .order(try orderText(&members))
        case "fail_effect":
            let text = try members.text("effect")
            guard let effect = Int(text), (1...1_000_000).contains(effect) else {
                throw YAMLProblem("effect must be a number from 1 on, not \(text)")
            }
            return .failEffect(effect, try members.word("manner"))
        case "suspend": return .suspend(try members.duration("seconds"))
        default: return .stop
        }
    }
}

extension EventReader {
    private func orderText(
        _ members: inout Members
    ) throws(YAMLProblem) -> Scenario.OrderText {
        let verb: Scenario.OrderText.Verb = try members.word("order")
        let graph = members.take("graph")?.text
        guard graph != nil || verb == .resume else { throw YAMLProblem("order: graph is missing") }
        var overrides: Set<Override> = []
        for word in members.take("overrides")?.words ?? [] {
            guard let override = Override(rawValue: word) else {
                throw YAMLProblem("order: unknown override \"\(word)\"")
            }
            overrides.insert(override)
        }
        return Scenario.OrderText(verb: verb, graph: graph, overrides: overrides)
    }
}

/// The members of an event that were not read yet.
private struct Members {
    private(set) var rest: [YAMLKeyed<YAMLNode>]

    init(_ entries: [YAMLKeyed<YAMLNode>]) {
        rest = entries
    }

    mutating func take(_ key: String) -> YAMLNode? {
        guard let index = rest.firstIndex(where: { $0.key == key }) else { return nil }
        return rest.remove(at: index).value
    }

    mutating func text(_ key: String) throws(YAMLProblem) -> String {
        guard let text = take(key)?.text, !text.isEmpty else {
            throw YAMLProblem("missing key \"\(key)\"")
        }
        return text
    }

    mutating func word<Word>(_ key: String) throws(YAMLProblem) -> Word
    where Word: RawRepresentable<String> & CaseIterable {
        let text = try text(key)
        guard let word = Word(rawValue: text) else {
            let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw YAMLProblem("\(key): unknown word \"\(text)\"; known: \(known)")
        }
        return word
    }

    mutating func duration(_ key: String) throws(YAMLProblem) -> Duration {
        try Self.duration(try text(key))
    }

    static func duration(_ text: String) throws(YAMLProblem) -> Duration {
        do throws(PrometheusDuration.ParseError) {
            return try PrometheusDuration.parse(text)
        } catch {
            throw YAMLProblem(error.description)
        }
    }

    var json: [JSONMember] {
        rest.map { JSONMember($0.key, yaml: $0.value) }
    }
}
