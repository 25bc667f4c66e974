import Rehearsal
import StrictYAML

/// Lets each effect of the agent fail once: the first, the second, and so on until a run has fewer.
/// Whatever fails, the graph is restarted once and works again.
struct EffectCourses {
    /// What happens besides the failure, in minutes from the start of the agent.
    fileprivate struct Course: Sendable {
        let name: String
        var mode = "auto"
        let events: [String]

        static let all = [
            Course(name: "a hang", events: ["{at: 25m, do: hang, graph: graph_2}"]),
            Course(
                name: "a lost answer",
                events: [
                    "{at: 24m, do: fault, kind: hang, carried_out: true, count: 1,"
                        + " match: {operation: restart_graph}}",
                    "{at: 25m, do: hang, graph: graph_2}",
                ]
            ),
            Course(
                name: "an approval",
                mode: "approve",
                events: ["{at: 25m, do: hang, graph: graph_2}"]
                    + [60, 120, 180, 240, 300, 360].map {
                        "{at: \($0)m, do: order, order: approve, graph: graph_2}"
                    }
            ),
            Course(
                name: "an order",
                events: [
                    "{at: 25m, do: hang, graph: graph_2}",
                    "{at: 26m, do: order, order: restart, graph: graph_2, overrides: [diagnosis]}",
                ]
            ),
            Course(
                name: "a pause during a restart",
                events: [
                    "{at: 25m, do: hang, graph: graph_2}", "{at: 43m, do: pause, seconds: 2h}",
                    "{at: 90m, do: order, order: resume}",
                ]
            ),
        ]

        func text(_ effect: Int, _ failure: EffectFailure) -> String {
            let failing =
                "{at: 20m, do: fail_effect, effect: \(effect), manner: \(failure.rawValue)}"
            return """
                name: \(name), and effect \(effect) goes wrong (\(failure.rawValue))
                summary: The graph is restarted once and works again.
                duration: 8h
                jitter: 0s
                fleet: {count: 3}
                configuration: {graphs: [{match: {name: ".*"}, mode: \(mode)}]}
                timeline:
                \(([failing] + events).map { "- \($0)" }.joined(separator: "\n"))
                expect:
                  restarts:
                    graph_2: {from: 25m, to: 7h}
                  checks:
                  - {at: 7h59m, graph: graph_2, verdict: healthy}
                  - {at: 7h59m, graph: graph_2, state: [idle, cooling_down]}

                """
        }
    }

    /// More effects than any course has.
    private static let mostEffects = 200

    /// One for each course and manner; they can be run side by side.
    static var all: [Sweep] {
        Course.all.flatMap { course in
            EffectFailure.allCases.map { Sweep(course: course, failure: $0) }
        }
    }
}

extension EffectCourses {
    /// Every effect of one course fails in one manner.
    struct Sweep: Sendable {
        fileprivate let course: Course
        fileprivate let failure: EffectFailure

        var name: String { "\(course.name), \(failure.rawValue)" }

        func run() -> (runs: Int, problems: [String]) {
            EffectCourses.runs(course, failure)
        }
    }

    fileprivate static func runs(
        _ course: Course,
        _ failure: EffectFailure
    ) -> (runs: Int, problems: [String]) {
        var problems: [String] = []
        for effect in 1...mostEffects {
            let text = course.text(effect, failure)
            let reading = ScenarioReader.read(text, file: "effect \(effect)")
            guard let scenario = reading.value else {
                return (effect, reading.issues.map(\.description))
            }
            let outcome = ScenarioRun(scenario, seed: 1, options: RehearsalOptions()).outcome()
            var found = outcome.problems
            if outcome.wrongRestarts > 0 { found.append("restarts of a graph that works") }
            if !found.isEmpty { problems.append(found.joined(separator: "; ") + "\n" + text) }
            if outcome.awaitsFailure { return (effect, problems) }
        }
        return (mostEffects, problems + ["more than \(mostEffects) effects"])
    }
}
