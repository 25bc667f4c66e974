import Testing

@testable import Agent

@Suite("The limit on open files")
struct OpenFilesTests {
    @Test(
        "bounds the number of concurrent requests",
        arguments: [(1_048_576, 128), (1024, 128), (256, 108), (64, 12), (41, 1), (0, 1)]
    )
    func room(limit: Int, places: Int) {
        #expect(OpenFiles.room(for: 128, eachWith: 2, limit: limit) == places)
    }
}
