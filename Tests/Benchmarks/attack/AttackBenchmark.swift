import Attackers
import Foundation
import Workbench

/// All attacks at once, for a minute by default, and what they do to polls, scrapes, memory and the
/// watchdog.
@main
enum AttackBenchmark {
    private static let usage: [(name: String, meaning: String)] = [
        ("duration", "TIME   how long, 60s"),
        ("graphs", "N        size of the fleet, 40"),
        (
            "only",
            "KIND       one kind: idle, passwords, bodies, answers, scrapes, heads, pipelines,"
                + " queries, alerts, noise, none"
        ),
        ("binary", "PATH     the program, .build/release/graphwarden"),
    ]

    static func main() async {
        await benchmark(usage) { options in
            allowManyDescriptors()
            let run = try await AttackRun.start(
                graphs: try options.number("graphs", 40),
                Programs.graphwarden(options)
            )
            // The first polls are over when the attack begins.
            try await Task.sleep(for: .seconds(5))
            let report = try await run.attack(
                plan(options.text("only", "all")),
                seconds: try options.seconds("duration", 60)
            )
            for line in report.lines { say(line) }
            return report.holds ? .good : .boundMissed
        }
    }

    private static func plan(_ kind: String) -> AttackPlan {
        var plan = AttackPlan()
        guard kind != "all" else { return plan }
        if kind != "idle" { plan.idleConnections = 0 }
        if kind != "passwords" { plan.passwordGuessers = 0 }
        if kind != "bodies" { plan.unfinishedBodies = 0 }
        if kind != "answers" { plan.unreadAnswers = 0 }
        if kind != "scrapes" { plan.unreadScrapes = 0 }
        if kind != "heads" { plan.headFloods = 0 }
        if kind != "pipelines" { plan.pipelines = 0 }
        if kind != "queries" { plan.expensiveQueries = 0 }
        if kind != "alerts" { plan.hugeAlerts = 0 }
        if kind != "noise" { plan.noise = 0 }
        return plan
    }

    private static func allowManyDescriptors() {
        var limit = rlimit()
        unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
