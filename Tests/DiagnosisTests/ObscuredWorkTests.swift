import Diagnosis
import Testing
import Time

@Suite("Work that a graph lists and that cannot be read")
struct ObscuredWorkTests {
    private func silent(
        status: String = "200",
        readBefore: Bool = true,
        _ change: (inout Observation) -> Void
    ) -> Situation {
        var situation = Situation(["g", "h"])
        if !readBefore {
            situation = Situation(["h"])
            situation.graphs["g"] = Situation.answering("g")
            situation.change { $0.tasks = nil }
            situation.change { $0.queries = nil }
            situation.pass(10)
        }
        situation.change { $0.statusCode = status }
        situation.answer(.silent(.afterConnection))
        situation.change("g", change)
        situation.pass(40)
        return situation
    }

    @Test("is not taken for absent: the graph may be busy")
    func tooLarge() {
        let tasks = silent { $0.obscuredTasks = .tooLarge }
        #expect(tasks.label(after: 40) == "unknown: progress")
        let queries = silent { $0.obscuredQueries = .tooLarge }
        #expect(queries.label(after: 40) == "unknown: progress")
        // Also if it never could be read.
        let never = silent(readBefore: false) { $0.obscuredTasks = .tooLarge }
        #expect(never.label(after: 40) == "unknown: progress")
    }

    @Test("in another form hides something only if it was readable before")
    func unreadable() {
        let before = silent { $0.obscuredTasks = .unreadable }
        #expect(before.label(after: 40) == "unknown: progress")
        let never = silent(readBefore: false) { $0.obscuredTasks = .unreadable }
        #expect(never.label(after: 40) == "hung")
    }

    @Test("hides nothing once it can be read, or no answer has come for as long as is judged")
    func over() {
        var readable = silent { $0.obscuredTasks = .tooLarge }
        readable.change { $0.obscuredTasks = nil }
        readable.change { $0.tasks = [] }
        readable.pass(1)
        #expect(readable.label(after: 41) == "hung")
        var unanswered = silent { $0.obscuredTasks = .tooLarge }
        unanswered.change { $0.obscuredTasks = nil }
        unanswered.pass(5)
        #expect(unanswered.label(after: 45) == "unknown: progress")
        unanswered.pass(10)
        #expect(unanswered.label(after: 55) == "hung")
    }

    @Test("keeps an import from being called hung, and its queries do not")
    func operations() {
        func importing(_ change: (inout Observation) -> Void) -> String {
            let work = Observation.Job(id: "j", name: "ImportGraph", beganAt: nil, progress: "7")
            let situation = silent(status: "202") { observation in
                observation.jobs = [work]
                change(&observation)
            }
            return situation.label(after: 40)
        }
        #expect(importing { _ in } == "hung")
        #expect(importing { $0.obscuredQueries = .tooLarge } == "hung")
        #expect(importing { $0.obscuredTasks = .tooLarge } == "unknown: progress")
    }
}
