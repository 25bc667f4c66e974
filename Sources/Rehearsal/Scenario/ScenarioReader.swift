import Files
import GESSimulator
import JSON
package import StrictYAML
import Time

/// Reads scenario files. The format is described in Documentation.docc/ScenarioFiles.md.
package enum ScenarioReader {
    package static func read(_ text: String, file: String) -> YAMLReading<Scenario> {
        YAMLDocument.read(text, file: file, as: scenario(file))
    }

    private static let durations = Duration.seconds(1)...Duration.seconds(7 * 86_400)
    private static let longestJitter = Duration.seconds(20)

    private static func scenario(_ file: String) -> YAMLType<Scenario> {
        .mapping { reader in
            let jitter = reader.value(
                "jitter",
                .duration(in: .zero ... .seconds(3600)),
                default: longestJitter
            )
            let expectations = reader.value("expect", expectations, default: Expectations())
            var scenario = Scenario(
                file: file,
                name: reader.required("name", .nonEmptyString),
                summary: reader.required("summary", .nonEmptyString),
                duration: reader.value("duration", .duration(in: durations), default: twoHours),
                fleet: reader.value("fleet", fleet, default: defaultFleet),
                configuration: reader.optional("configuration", .node),
                rules: reader.optional("rules", .nonEmptyString),
                agents: reader.value("agents", .int(in: 1...5), default: 1),
                credential: reader.value("credential", credential, default: .password),
                timeline: EventReader(jitter: jitter).read(reader),
                notices: reader.value("notices", .list(of: .nonEmptyString), default: []),
                restarts: expectations.restarts,
                checks: expectations.checks
            )
            scenario.actions = expectations.actions
            ScenarioCheck(scenario).report(to: reader)
            return scenario
        }
    }

    private static let twoHours = Duration.seconds(7200)

    private static var credential: YAMLType<SimulationSettings.Credential> {
        .scalar("a kind of credential", placeholder: .password) { text throws(YAMLProblem) in
            guard let kind = SimulationSettings.Credential(rawValue: text) else {
                let names = SimulationSettings.Credential.allCases.map(\.rawValue)
                throw YAMLProblem("expected \(names.joined(separator: " or ")), found \(text)")
            }
            return kind
        }
    }

    // MARK: The fleet

    private static let maximumGraphs = 10_000
    private static let defaultFleet = Scenario.Fleet(graphs: numbered(5), more: 0)

    private static var fleet: YAMLType<Scenario.Fleet> {
        .mapping { reader in
            let pastJobs = reader.optional("past_jobs", .int(in: 0...100))
            let count = reader.value("count", .int(in: 0...maximumGraphs), default: 5)
            let graphs = reader.optional("graphs", .list(of: graph, count: 0...maximumGraphs))
            if graphs != nil, reader.has("count") {
                reader.report("count and graphs exclude each other", at: "count")
            }
            return Scenario.Fleet(
                graphs: (graphs.map(placed) ?? numbered(count)).map { withPastJobs(pastJobs, $0) },
                more: reader.value("more", .int(in: 0...100), default: 0)
            )
        }
    }

    private static var graph: YAMLType<[JSONMember]> {
        let members = YAMLType<[YAMLKeyed<YAMLNode>]>.dictionary(of: .anyNode)
        return members.converted(placeholder: []) { entries throws(YAMLProblem) in
            guard entries.contains(where: { $0.key == "name" }) else {
                throw YAMLProblem("missing key \"name\"")
            }
            return entries.map { JSONMember($0.key, yaml: $0.value) }
        }
    }

    private static func numbered(_ count: Int) -> [[JSONMember]] {
        placed((0..<count).map { [JSONMember("name", .string("graph_\($0 + 1)"))] })
    }

    /// Gives every graph an address, a network and an age unless it has one.
    private static func placed(_ graphs: [[JSONMember]]) -> [[JSONMember]] {
        graphs.enumerated().map { index, members in
            var members = members
            func add(_ name: String, _ value: JSONValue) {
                if !members.contains(where: { $0.name == name }) {
                    members.append(JSONMember(name, value))
                }
            }
            add("subnet", "subnet-1")
            add("private_ip", .string("192.168.\(index / 200).\(10 + index % 200)"))
            add("age_seconds", 2_000_000)
            return members
        }
    }

    private static func withPastJobs(_ count: Int?, _ members: [JSONMember]) -> [JSONMember] {
        guard let count, !members.contains(where: { $0.name == "past_jobs" }) else {
            return members
        }
        return members + [JSONMember("past_jobs", .integer(Int64(count)))]
    }

    // MARK: Expectations

    private struct Expectations {
        var restarts: [Scenario.RestartExpectation] = []
        var checks: [Scenario.Check] = []
        var actions: [Scenario.ActionExpectation] = []
    }

    private static var expectations: YAMLType<Expectations> {
        .mapping { reader in
            let restarts = reader.value("restarts", .dictionary(of: restart), default: [])
            let actions = reader.value("actions", .dictionary(of: action), default: [])
            return Expectations(
                restarts: restarts.map { entry in
                    var restart = entry.value
                    restart.graph = entry.key
                    return restart
                },
                checks: reader.value("checks", .list(of: check), default: []),
                actions: actions.map { entry in
                    var action = entry.value
                    action.graph = entry.key
                    return action
                }
            )
        }
    }

    private static let anyTime = Duration.zero...Duration.seconds(30 * 86_400)

    private static var restart: YAMLType<Scenario.RestartExpectation> {
        .mapping { reader in
            let from = reader.required("from", .duration(in: anyTime))
            let to = reader.required("to", .duration(in: anyTime))
            if to < from { reader.report("to is earlier than from", at: "to") }
            let posts = reader.value("posts", posts, default: 1...1)
            return Scenario.RestartExpectation(
                graph: "",
                window: from...max(from, to),
                posts: posts
            )
        }
    }

    private static var action: YAMLType<Scenario.ActionExpectation> {
        .mapping { reader in
            func count(_ key: String) -> ClosedRange<Int> {
                reader.value(key, counts(from: 0), default: 0...0)
            }
            return Scenario.ActionExpectation(
                graph: "",
                cancels: count("cancel"),
                stops: count("stop"),
                starts: count("start")
            )
        }
    }

    private static var posts: YAMLType<ClosedRange<Int>> { counts(from: 1) }

    /// A count, or a range such as `1-2`.
    private static func counts(from least: Int) -> YAMLType<ClosedRange<Int>> {
        .scalar("a count such as 1 or 1-2", placeholder: 1...1) { text throws(YAMLProblem) in
            let parts = text.split(separator: "-").compactMap { Int($0) }
            guard let low = parts.first, let high = parts.last, parts.count <= 2, low >= least,
                low <= high
            else { throw YAMLProblem("expected a count such as 1 or 1-2, found \(text)") }
            return low...high
        }
    }

    private static var check: YAMLType<Scenario.Check> {
        .mapping { reader in
            let at = reader.required("at", .duration(in: anyTime))
            let until = reader.value("until", .duration(in: anyTime), default: at)
            if until < at { reader.report("until is earlier than at", at: "until") }
            let check = Scenario.Check(
                time: at...max(at, until),
                mark: reader.mark,
                graph: reader.optional("graph", .nonEmptyString),
                verdicts: words(reader, "verdict"),
                holds: words(reader, "hold"),
                states: words(reader, "state"),
                metric: reader.optional("metric", metric)
            )
            let asksAboutGraph =
                !check.verdicts.isEmpty || !check.holds.isEmpty || !check.states.isEmpty
            if asksAboutGraph, check.graph == nil { reader.report("missing key \"graph\"") }
            if !asksAboutGraph, check.metric == nil {
                reader.report("one of verdict, hold, state and metric must be set")
            }
            return check
        }
    }

    private static func words(_ reader: YAMLMappingReader, _ key: String) -> [String] {
        guard let node = reader.optional(key, .anyNode) else { return [] }
        guard let words = node.words else {
            reader.report("expected a word or a list of words", at: key)
            return []
        }
        return words
    }

    private static var metric: YAMLType<Scenario.Metric> {
        .mapping { reader in
            let isAbsent = reader.value("absent", .bool, default: false)
            let value = reader.optional("value", .double)
            if isAbsent == (value != nil) {
                reader.report("either value or absent: true must be set")
            }
            let labels = reader.value("labels", .dictionary(of: .string), default: [])
            return Scenario.Metric(
                name: reader.required("name", .nonEmptyString),
                labels: labels.map { ($0.key, $0.value) },
                value: value,
                isSum: reader.value("sum", .bool, default: false)
            )
        }
    }
}
