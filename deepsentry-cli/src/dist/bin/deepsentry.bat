@echo off
rem Runs DeepSentry from the folder this script lies in. Needs a Java 17 (or newer) runtime, nothing else.
setlocal
set "HOME_DIR=%~dp0.."
if defined JAVA_HOME (
  set "JAVA=%JAVA_HOME%\bin\java.exe"
) else (
  set "JAVA=java.exe"
)
"%JAVA%" -version >nul 2>&1
if errorlevel 1 (
  echo deepsentry: no Java found; install a Java 17 runtime ^(or newer^), or set JAVA_HOME 1>&2
  exit /b 1
)
if not defined TF_CPP_MIN_LOG_LEVEL set TF_CPP_MIN_LOG_LEVEL=2
for %%j in ("%HOME_DIR%\lib\deepsentry-cli-*.jar") do set "JAR=%%j"
set "COLLECTOR=-XX:+UseSerialGC"
if /i "%~1"=="live" set "COLLECTOR=-XX:+UseG1GC -XX:MaxGCPauseMillis=5 -XX:GCTimeRatio=3"
echo(%DEEPSENTRY_JAVA_OPTS%| findstr /r /c:"-XX:+Use.*GC" >nul && set "COLLECTOR="
"%JAVA%" -Xmx1g %COLLECTOR% -XX:-UsePerfData -Djava.awt.headless=true %DEEPSENTRY_JAVA_OPTS% -jar "%JAR%" %*
exit /b %ERRORLEVEL%
