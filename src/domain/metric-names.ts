/** What is counted, each by its outcome. */
export type MetricName =
  | 'signals'
  | 'refusals'
  | 'slack_calls'
  | 'aws_calls'
  | 'responses'
  | 'pages'
  | 'canaries'
  | 'heartbeats'
  | 'sweeps'
  | 'storms';
