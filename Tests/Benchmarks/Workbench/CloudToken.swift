import Foundation
import FoundationNetworking

extension CloudProcess.Description {
    /// A new token of its user.
    package func token() async throws -> String {
        let body = """
            {"auth":{"identity":{"methods":["password"],"password":{"user":{
            "name":"\(user)","password":"\(password)","domain":{"name":"\(domain)"}}}},
            "scope":{"project":{"id":"\(project_id)"}}}}
            """
        guard let url = URL(string: management + "/v3/auth/tokens") else {
            throw BenchError("no URL: \(management)")
        }
        var request = URLRequest(url: url)
        request.httpMethod = "POST"
        request.httpBody = Data(body.utf8)
        let (_, response) = try await URLSession.shared.data(for: request)
        let answer = response as? HTTPURLResponse
        guard let token = answer?.value(forHTTPHeaderField: "X-Subject-Token") else {
            throw BenchError("the simulator gives no token")
        }
        return token
    }
}
