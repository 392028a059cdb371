# Drives the guide's `once` through the rules; prints one line of JSON for each, and what was performed.
require 'json'
load ARGV[0]

$performed = []
$items = 1

def attempt(scope, key, intent, fault: false)
  perform = lambda do |request, stripe_key|
    $performed << [request[:items], stripe_key]
    raise 'no answer' if fault

    $items = request[:items]
    [200, { items: $items }]
  end
  once(scope, key, intent, -> { { items: $items + 1 } }, perform).first
rescue RuntimeError
  'thrown'
end

def say(name, value)
  puts JSON.generate([name, value])
end

scope = ['visitor', 'cs_1', '/add']
other = ['other', 'cs_1', '/add']
say('beside', Array.new(2) { Thread.new { attempt(scope, 'k1', 'a') } }.map(&:value))
say('again', attempt(scope, 'k1', 'a'))
say('another intent', attempt(scope, 'k1', 'b'))
say('another visitor', attempt(other, 'k1', 'a'))
say('in doubt', attempt(scope, 'k2', 'a', fault: true))
$items = 7
say('in doubt, again', attempt(scope, 'k2', 'a'))
say('performed', $performed.map(&:first))
say('keys', $performed.map(&:last).uniq.size)
