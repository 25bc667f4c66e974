import Testing

@Suite("What the cloud and the network do to the client", .serialized)
struct CloudFaultTests {
    @Test(
        "leads to one typed error for each question, and shows in the counters",
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
