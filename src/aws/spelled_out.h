// The models of the four calls that the drop-box needs, written here by hand: s3:ListObjectsV2 and s3:GetObject,
// sqs:ReceiveMessage and sqs:DeleteMessage. They read data, and one takes a message away, so they are not on the
// allow-list, and neither a stanza nor a caller outside this room can name them: bucket.h and queue.h are all that
// makes them. Sources: the API references of Amazon S3 and Amazon SQS. Immutable, thread-safe.
#pragma once

#include "aws/model.h"

namespace cadastre::aws {

const Service& object_calls();   // s3
const Service& message_calls();  // sqs

}  // namespace cadastre::aws
