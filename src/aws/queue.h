// The messages of one SQS queue: taken up, and taken away when they are settled. For the drop-box only.
//
// Cheap to copy. Thread-safe, as the client is. Errors are those of Client, and not_found when there is no such queue.
#pragma once

#include "aws/client.h"

namespace cadastre::aws {

struct QueueMessage {
  std::string id, handle, body;  // handle: what takes it away, good until it is handed out again
};

class Queue {
 public:
  // `url`: "https://sqs.eu-west-1.amazonaws.com/111111111111/cadastre-dropbox".
  Queue(Client& client, Session session, std::string region, std::string url)
      : client_(&client), session_(std::move(session)), region_(std::move(region)), url_(std::move(url)) {}

  const std::string& url() const { return url_; }

  // At most 10, after at most `wait` (to the second, 20 s at most). They are hidden from others for `hidden`, and come
  // again when they were not taken away by then.
  Result<std::vector<QueueMessage>> receive(Millis wait, Millis hidden, std::stop_token stop) const;
  Result<void> remove(const QueueMessage& message, std::stop_token stop) const;

 private:
  Call call(std::string_view operation, json::object input) const;

  Client* client_;
  Session session_;
  std::string region_, url_;
};

}  // namespace cadastre::aws
