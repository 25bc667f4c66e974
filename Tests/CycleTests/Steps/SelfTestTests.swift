import CycleFixtures
import Remediation
import Testing
import Time

@testable import Cycle

@Suite("The self-test after the first complete evaluation")
struct SelfTestTests {
    private func lines(_ ready: Ready) -> [LogLine] {
        ready.log.filter { $0.message.hasPrefix("The self-test") }
    }

    private func fields(_ line: LogLine?) -> [String: String] {
        Dictionary(line?.fields.map { ($0.key, $0.value) } ?? []) { first, _ in first }
    }

    @Test("says in one line what the agent sees and may do")
    func line() throws {
        var world = try ScriptedWorld(["g", "h", "i"]) { settings in
            settings.graphs = [try HangFixture.entry(matching: "g|h")]
        }
        var found: [LogLine] = []
        for _ in 0..<10 { found += lines(world.step()) }
        #expect(found.map(\.level) == [.info] && found[0].message == "The self-test has passed")
        let fields = fields(found.first)
        for (key, value) in [
            ("graphs", "3"), ("covered", "2"), ("acting", "2"), ("rules", "1"), ("webhook", "yes"),
            ("ledger", "written"), ("detect_only", ""), ("troubles", ""),
        ] { #expect(fields[key] == value, "\(key)") }
        #expect(fields["paths"]?.hasSuffix("reached") == true)
        #expect(fields["clock_offset"] != nil)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let trouble: String
        let text: String
        let change: @Sendable (inout CycleSettings) throws -> Void
        var rules = HangFixture.rules
        var testDescription: String { "\(trouble): \(text)" }
    }

    static let rows = [
        Row(trouble: "acts_on_nothing", text: "no entry of graphs matches any of the 2 listed") {
            $0.graphs = [try HangFixture.entry(matching: "x")]
        },
        Row(trouble: "acts_on_nothing", text: "no entry of graphs matches any of the 2 listed") {
            $0.graphs = [try HangFixture.entry(matching: "x")]
            $0.graphs[0].policy.mode = .shadow
        },
        Row(trouble: "acts_on_nothing", text: "no entry in mode approve or auto matches any of") {
            // The first entry that matches applies.
            $0.graphs.insert(try HangFixture.entry(), at: 0)
            $0.graphs[0].policy.mode = .shadow
        },
        Row(
            trouble: "nobody_asks",
            text: "no rule has the label remediate: restart",
            change: { $0.webhook = nil },
            rules: HangFixture.rules.replacing("remediate: restart", with: "severity: page")
        ),
        Row(
            trouble: "nobody_asks",
            text: "no rule has the label remediate: restart",
            change: { $0.webhook = nil },
            rules: "groups: []"
        ),
    ]

    @Test("makes a trouble of what fails, until a reload mends it", arguments: rows)
    func troubles(row: Row) throws {
        var world = try ScriptedWorld(["g", "h"], rules: row.rules) { try row.change(&$0) }
        world.step()
        let second = world.step()
        let trouble = try #require(second.status.troubles.first)
        #expect(second.status.troubles.map(\.name) == [row.trouble])
        #expect(trouble.text.contains(row.text), "\(trouble.text)")
        #expect(trouble.since != nil && !trouble.remedy.isEmpty && !trouble.preventsReady)
        #expect(world.step().status.troubles == [trouble])
        let line = lines(second).first
        #expect(line?.level == .warning && fields(line)["troubles"] == row.trouble)
        let mended = try ScriptedWorld.settings(HangFixture.rules)
        #expect(world.step { $0.settings = mended }.status.troubles.isEmpty)
        #expect(lines(world.step()).isEmpty)
    }

    @Test("is content with every mode that was chosen, and with alerts by webhook alone")
    func contentment() throws {
        for change in [
            { $0.graphs[0].policy.mode = .approve }, { $0.graphs[0].policy.mode = .shadow },
            { $0.graphs[0].policy.mode = .off }, { $0.graphs = [] },
        ] as [(inout CycleSettings) -> Void] {
            var world = try ScriptedWorld(rules: HangFixture.rules, settings: change)
            world.step()
            #expect(world.step().status.troubles.isEmpty)
        }
        var world = try ScriptedWorld(rules: "groups: []")
        world.step()
        #expect(world.step().status.troubles.isEmpty)
    }

    @Test("tells if no graph has answered since the start, until one does")
    func answers() throws {
        var world = try ScriptedWorld(["g", "h"])
        for id in ["g", "h"] { world.graphs[id]?.answers = false }
        world.step()
        #expect(world.step().status.troubles.map(\.name) == ["no_answer"])
        world.graphs["h"]?.answers = true
        #expect(world.step().status.troubles.isEmpty)
        world.graphs["h"]?.answers = false
        world.pass(.seconds(600))
        #expect(world.step().status.troubles.isEmpty)
    }

    @Test("tells of an empty project, and not of one that cannot be listed")
    func listing() throws {
        var empty = try ScriptedWorld([])
        empty.step()
        #expect(empty.step().status.troubles.map(\.name) == ["no_graphs"])
        var blind = try ScriptedWorld([])
        blind.listingFailure = ReadingFailure(reason: "timeout", text: "no answer in 10s")
        for _ in 0..<3 {
            let ready = blind.step()
            #expect(ready.status.troubles.map(\.name) == ["blind"] && lines(ready).isEmpty)
        }
        blind.listingFailure = nil
        var found = 0
        for _ in 0..<3 { found += lines(blind.step()).count }
        #expect(found == 1)
    }

    @Test("tells if the ledger refuses, which is a trouble already")
    func ledger() throws {
        var world = try ScriptedWorld(["g", "h"])
        world.refusal = { _ in "the disk is full" }
        world.step()
        let ready = world.step()
        #expect(ready.status.troubles.map(\.name) == ["detect_only"])
        let line = lines(ready).first
        #expect(line?.level == .warning)
        #expect(fields(line)["ledger"] == "the disk is full")
        #expect(fields(line)["troubles"] == "" && fields(line)["detect_only"] != "")
    }

    @Test("a start warns of each pause of an entry that is not configured, once")
    func pauses() throws {
        var memory = HangFixture.memory()
        memory.machine.pauses = [PauseScope.entry("old"), .entry("new"), .fleet].map { scope in
            Pause(
                scope: scope,
                by: "kim",
                reason: "move",
                since: ScriptedWorld.start - .seconds(60),
                until: ScriptedWorld.start + .seconds(3600)
            )
        }
        var world = try ScriptedWorld(
            settings: { $0.graphs[0].name = "new" },
            memory: memory
        )
        let warnings = (0..<3).flatMap { _ in
            world.step().log.filter { $0.message.contains("names an entry of graphs") }
        }
        #expect(warnings.map(\.level) == [.warning])
        #expect(fields(warnings.first)["entry"] == "old")
    }
}
