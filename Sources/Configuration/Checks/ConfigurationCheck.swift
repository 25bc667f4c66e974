package import PromQL
import Remediation
import Rules
import StrictYAML
import Cycle

/// The result of `graphwarden check config` for one file.
package struct ConfigurationCheck: Sendable {
    package var lines: [String] = []
    package var problems: [String] = []
    /// 0 valid, 1 invalid, 2 unreadable.
    package var exitCode: Int32 = 0
    /// nil unless the file is valid.
    package private(set) var loaded: LoadedConfiguration?

    package static func check(
        _ file: String,
        parser: ParserOptions = ParserOptions(),
        lookback: Duration = .seconds(300)
    ) -> ConfigurationCheck {
        var check = ConfigurationCheck()
        do {
            let (loaded, issues) = try LoadedConfiguration.examine(
                file,
                parser: parser,
                lookback: lookback
            )
            if let loaded {
                check.loaded = loaded
                check.describe(loaded)
            } else {
                check.problems = issues.map { "\($0)" }
                check.exitCode = 1
            }
        } catch {
            check.problems = ["\(error)"]
            check.exitCode = 2
        }
        return check
    }

    private mutating func describe(_ loaded: LoadedConfiguration) {
        let rules = loaded.ruleFiles.flatMap(\.groups).reduce(0) { $0 + $1.rules.count }
        lines.append("\(loaded.ruleFiles.count) rule files with \(rules) rules")
        lines += loaded.warnings.map { "\($0)" }
        lines += loaded.configuration.maintenance.map(\.summary)
        lines += TimingProof.lines(loaded.configuration)
        lines += Self.worstCase(loaded.configuration)
        lines += Self.requirements(loaded.configuration)
    }

    /// How many restarts, and requests for them, the policy allows per hour and day, by its most
    /// permissive entry.
    static func worstCase(_ configuration: Configuration) -> [String] {
        let policies = configuration.graphs.map(\.policy)
        let acting = policies.filter { $0.mode == .auto || $0.mode == .approve }
        guard !acting.isEmpty else {
            return ["worst case: no restarts, because no entry of graphs has mode auto or approve"]
        }
        let isAsked = !acting.contains { $0.mode == .auto }
        let restarts = [("hour", Duration.seconds(3600)), ("day", .seconds(86_400))].map {
            name,
            span in
            let fleet = most(acting.map { $0.mostRestarts(in: span) })
            let graph = most(acting.map { $0.mostRestartsOfOneGraph(in: span) })
            let posts = most(acting.map { $0.mostPosts(in: span) })
            let ofGraph = most(acting.map { $0.mostPostsOfOneGraph(in: span) })
            return "worst case: \(fleet) restarts per \(name) across the fleet,"
                + " \(graph) per graph; \(posts) requests, refused ones included,"
                + " \(ofGraph) per graph\(isAsked ? "; each restart needs an approval" : "")"
        }
        return restarts + worstCaseOfLadder(acting)
    }

    /// Which entries in mode `auto` ask a person until they were right often enough.
    private static func requirements(_ configuration: Configuration) -> [String] {
        configuration.graphs.compactMap { entry in
            guard entry.policy.mode == .auto, let requirement = entry.policy.requirement else {
                return nil
            }
            return "entry \(entry.name ?? "without a name"): asks a person before each restart, for"
                + " each kind of hang, until \(requirement.text) (graphwarden scorecard)"
        }
    }

    /// How many requests of each rung but the restart, by the most permissive entry.
    private static func worstCaseOfLadder(_ acting: [Policy]) -> [String] {
        [("hour", Duration.seconds(3600)), ("day", .seconds(86_400))].flatMap { name, span in
            let bounds = acting.flatMap { $0.mostActions(in: span) }
            return GraphAction.allCases.compactMap { action -> String? in
                let ofAction = bounds.filter { $0.action == action }
                guard !ofAction.isEmpty else { return nil }
                let method = action == .cancel ? "DELETE" : "POST"
                return "worst case of the ladder: \(most(ofAction.map(\.fleet))) requests to"
                    + " \(action.rawValue) (\(method)) per \(name) across the fleet,"
                    + " \(most(ofAction.map(\.graph))) per graph"
            }
        }
    }

    /// The largest bound; nil is unlimited.
    private static func most(_ bounds: [Int?]) -> String {
        guard !bounds.contains(nil), let most = bounds.compactMap({ $0 }).max() else {
            return "an unlimited number of"
        }
        return "at most \(most)"
    }
}
