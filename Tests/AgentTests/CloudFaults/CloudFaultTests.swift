import Testing

@Suite("Every fault of the cloud and the network", .serialized)
struct CloudFaultTests {
    @Test(
        "causes one typed error for each request, and is counted",
        arguments: CloudTrouble.all
    )
    func consequences(trouble: CloudTrouble) async throws {
        let expected = try #require(CloudTrouble.consequences[trouble.name])
        let cells = try await CloudTable.line(trouble)
        for (question, (cell, right)) in zip(CloudQuestion.allCases, zip(cells, expected)) {
            #expect(cell == right, "\(trouble.name), \(question)")
        }
    }
}
