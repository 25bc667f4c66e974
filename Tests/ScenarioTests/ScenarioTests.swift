import Configuration
import Diagnosis
import Rehearsal
import Testing

/// Every scenario with two seeds. The program `scenarios` runs them with more.
@Suite("The whole agent")
struct ScenarioTests {
    static let files = FilePaths.matching("Tests/ScenarioTests/scenarios/*.yaml")

    @Test("ends every labelled situation as it should", arguments: files)
    func scenario(file: String) async throws {
        let scenario = try Scenario.load(file)
        let batch = ScenarioBatch(
            [scenario],
            seeds: 1...2,
            options: RehearsalOptions(),
            workers: 1
        )
        for outcome in await batch.run().flatMap(\.outcomes) {
            #expect(outcome.hasPassed, "\(file), seed \(outcome.seed): \(outcome.problems)")
        }
    }

    /// The program `scenarios` shows with `--omit-all` that they do notice.
    @Test("has no rule whose omission no situation claims to notice")
    func notices() throws {
        let claimed = try Set(Self.files.flatMap { try Scenario.load($0).notices })
        let rules = Omission.allCases.filter { $0.idleReason == nil }
        #expect(claimed == Set(rules.map(\.rawValue)))
    }
}
